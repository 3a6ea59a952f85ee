// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
#include "small.h"
#define IN(x) struct { x } in;
#define IN4(x) IN(IN(IN(IN(x))))
struct deep { IN4(IN4(IN4(IN4(int x;)))) } deep;
typedef int t1; typedef t1 t2; typedef t2 t3; typedef const t3 t4; typedef volatile t4 t5; typedef t5 t6;
t6 chained = 3;
struct a_struct_with_a_name_that_is_far_longer_than_what_anybody_would_like_to_type_but_is_legal_c_anyway_and_so_it_must_work { int a_member_with_a_name_that_is_far_longer_than_what_anybody_would_like_to_type; } a_variable_with_a_name_that_is_far_longer_than_what_anybody_would_like_to_type;
struct näme { int größe; } größe_2;
struct dollar$ { int a$b; } $x;
