// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
struct empty {};
struct holder {
	struct empty first;
	int a;
	struct empty last;
	struct {} none;
};
struct zero { int n; long none[0]; char rest[0]; };
struct flexible { int n; __u16 items[]; };
struct text { __u64 n; char text[]; };
struct only { int none[0]; };
struct holder holder;
struct empty empty;
struct zero zero;
struct only only;
struct flexible filled = { .n = 3, .items = { 1, 2, 3 } };
struct flexible bare = { .n = 0 };
struct text text = { .n = 1, .text = "abc" };
int after = 5;
struct incomplete *incomplete;
enum forward *forward;
