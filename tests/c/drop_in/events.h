/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* What the BPF sources and the programs share. */
#ifndef EVENTS_H
#define EVENTS_H

enum verdict {
	VERDICT_NONE,
	VERDICT_PASS = 7,
};

struct limits {
	unsigned int low;
	unsigned long long high;
	char label[8];
};

typedef struct {
	int pid;
	enum verdict verdict;
} seen_t;

struct event {
	unsigned long long number;
	unsigned int kind;
};

#endif /* EVENTS_H */
