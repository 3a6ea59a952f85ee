// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
typedef struct { int x; } pair_t;
typedef pair_t again_t;
typedef again_t many_t[4];
typedef union { int x; long y; } either_t;
typedef enum { OFF, ON } switch_t;
typedef int (*call_t)(pair_t *);
typedef char text_t[16];
typedef text_t texts_t[2];
typedef const volatile __u32 fixed_t;
typedef struct named { int x; } other_t;
pair_t a;
again_t b;
many_t c;
either_t d;
switch_t e;
call_t f;
text_t g;
texts_t h;
fixed_t i = 3;
other_t j;
struct named k;
