// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
enum plain { A, B, C = 10 };
enum negative { MINUS = -1, ZERO, PLUS };
enum lowest { LOWEST = -2147483647 - 1 };
enum big { BIG = 0xffffffff };
enum wide { WIDE = 0x123456789abcdefULL, WIDEST = 0xffffffffffffffffULL };
enum wide_negative { WN = -0x123456789aLL, WP = 5 };
enum same { FIRST = 1, SECOND = 1, THIRD = FIRST };
enum __attribute__((packed)) byte { BYTE_A, BYTE_B = 255 };
enum __attribute__((packed)) signed_byte { SB_A = -128, SB_B = 127 };
enum __attribute__((packed)) half { HALF = 65535 };
enum plain plain = B;
enum negative negative = MINUS;
enum lowest lowest;
enum big big = BIG;
enum wide wide = WIDE;
enum wide_negative wide_negative;
enum same same;
enum byte byte;
enum signed_byte signed_byte;
enum half half;
enum plain list[2];
enum { ANONYMOUS } anonymous;
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, enum wide); __type(value, enum byte); } map SEC(".maps");
