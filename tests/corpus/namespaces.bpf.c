// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct same { int a; };
typedef struct { long b; } same;
enum same_2 { A };
struct same x;
same y;
enum same_2 same_3;
SEC("xdp")
int first(void *ctx)
{
	static struct local { int a; } counter __attribute__((used));
	static int twice __attribute__((used)), unused_2 __attribute__((used));
	enum kind { K1 };
	static volatile enum kind kind;
	return ++counter.a + ++twice + kind;
}
SEC("xdp")
int second(void *ctx)
{
	static struct local { long a, b; } counter __attribute__((used));
	static long twice __attribute__((used)), twice_2 __attribute__((used));
	enum kind { K2 = 5 };
	static volatile enum kind kind;
	return ++counter.a + ++twice + ++twice_2 + kind;
}
