// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct node { struct node *next, **list; int (*call)(struct node *, ...); const char *name; } node;
union u; enum e { A }; struct unknown;
void *nothing;
const void *const fixed;
volatile void *wild;
char *text;
int *number;
int **twice;
int (*array)[4];
union u *to_union;
enum e *to_enum;
struct unknown *to_unknown;
int (*call)(int, struct unknown *);
int (*(*calls)(void))(int);
_Bool *flag;
int *restrict only;
float *to_float;
__int128 *to_wide;
