// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * A program with a USDT probe "libbpf_tests:turn", which it passes as often as it is told, with the turn's
 * number. The note is what <sys/sdt.h> writes; that header is in no package that the tests need otherwise.
 */
#include <stdio.h>
#include <stdlib.h>

static __attribute__((noinline)) void turn(long number)
{
	__asm__ volatile("990: nop\n"
			 ".pushsection .note.stapsdt,\"\",\"note\"\n"
			 ".balign 4\n"
			 ".4byte 992f-991f, 994f-993f, 3\n"
			 "991: .asciz \"stapsdt\"\n"
			 "992: .balign 4\n"
			 "993: .8byte 990b\n"
			 ".8byte _.stapsdt.base\n"
			 ".8byte 0\n"
			 ".asciz \"libbpf_tests\"\n"
			 ".asciz \"turn\"\n"
#if defined(__x86_64__)
			 ".asciz \"-8@%%rdi\"\n"
#else
			 ".asciz \"-8@x0\"\n"
#endif
			 "994: .balign 4\n"
			 ".popsection\n"
			 ".ifndef _.stapsdt.base\n"
			 ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
			 ".weak _.stapsdt.base\n"
			 ".hidden _.stapsdt.base\n"
			 "_.stapsdt.base: .space 1\n"
			 ".size _.stapsdt.base, 1\n"
			 ".popsection\n"
			 ".endif\n"
			 :
			 :
#if defined(__x86_64__)
			 "D"(number)
#else
			 "r"(number)
#endif
			 : "memory");
}

int main(int argc, char **argv)
{
	long turns = argc > 1 ? atol(argv[1]) : 1;
	long number;

	for (number = 1; number <= turns; number++)
		turn(number);
	printf("%ld turns\n", turns);
	return 0;
}
