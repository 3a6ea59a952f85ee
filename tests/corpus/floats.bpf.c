// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
float single = 1.5f;
double twice = 2.5;
struct holder { char a; float b; double c; float list[3]; } holder;
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, float); __type(value, struct holder); } map SEC(".maps");
