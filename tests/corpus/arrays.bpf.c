// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
char one[1];
char text[16] = "text";
char lines[3][8] = { "a", "b" };
char deep[2][3][4];
unsigned char bytes[4];
signed char numbers[4];
__u8 octets[6];
bool flags[5] = { 1, 0, 1 };
__u32 matrix[2][3][4];
const volatile char label[] = "label";
const volatile __u16 ports[] = { 1, 2, 3 };
void *pointers[3];
int (*calls[2])(void);
struct cell { char name[4]; __u8 n; } cells[2][2];
enum color { RED } colors[3];
__u64 large[100000];
char empty_text[] = "";
