// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct outer {
	struct {
		int a;
		struct {
			long b;
		};
		union {
			int c;
			struct {
				char d, e;
			} pair;
		} u;
	};
	struct {
		int f;
	} named, *pointer, list[3];
	union {
		int g;
		long h;
	};
	enum { ONE, TWO } choice;
	enum { THREE } choices[2][2];
	struct {
		int i;
	} matrix[2][3];
} outer;
struct { int x; enum { RED, GREEN } color; } plain, *to_plain, many[2];
union { int x; struct { long y; } in; } overlap;
enum { UP, DOWN } direction;
static struct { int x; } hidden __attribute__((used));
