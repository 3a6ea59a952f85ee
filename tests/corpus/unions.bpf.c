// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
union empty {};
union basic { __u8 a; __u16 b; __u64 c; };
union odd { __u8 a[3]; };
union text { char text[13]; __u32 word; };
union nested { union basic basic; struct { __u32 x; union { __u8 y; void *z; }; } s; };
union with_float { float f; double d; };
struct holder { __u8 a; union odd odd; union text text; union nested nested; union basic list[2]; union { __u8 p; } ; union with_float wf; };
struct holder holder;
union basic basic;
union odd odd;
union odd odds[3];
union empty none;
union nested nested;
union wide { __int128 a; __u8 b; } wide;
