/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* Allocations that fail, of everything that is linked with --wrap for malloc, calloc and strdup. */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

/* The one that this many others come before, counted down; off below zero. */
extern int allocations_left;

#endif /* ALLOCATIONS_H */
