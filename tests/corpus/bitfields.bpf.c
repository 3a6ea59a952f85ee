// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct only { __u32 a : 3, b : 7, c : 22; };
struct only64 { __u64 a : 40; __u64 b : 24; };
struct mixed { __u8 before; __u16 a : 4, b : 12; __u32 after; __s32 s : 5; bool flag : 1; __u8 end; };
enum kind { A, B };
struct typed { enum kind kind : 2; unsigned char c : 6; int : 0; __u32 d : 1; int : 5; __u32 e : 4; };
struct packed { __u8 a : 3; __u32 b : 29; __u16 c : 9; __u64 d; } __attribute__((packed));
struct inside { __u8 a; struct only only; __u8 b; struct only64 only64; struct { __u8 x : 1; }; struct typed list[2]; };
union either { __u32 whole; struct { __u32 low : 16, high : 16; }; __u32 bits : 4; };
struct inside inside;
struct mixed mixed = { .before = 1, .a = 2, .after = 3 };
struct packed packed;
union either either;
struct only only;
