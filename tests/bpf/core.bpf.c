// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Every kind of CO-RE relocation, with what libbpf makes of it in `answers`. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

char LICENSE[] SEC("license") = "GPL";

/* Versions of the kernel's types, some of which are not the kernel's. */
struct task_struct___made_up {
	int pid;
	int made_up;
} __attribute__((preserve_access_index));

/* Of another type than the kernel's. */
struct task_struct___other {
	struct list_head pid;
} __attribute__((preserve_access_index));

/* Without the anonymous members around these. */
struct sk_buff___flat {
	unsigned int len;
	__u8 pkt_type : 3;
} __attribute__((preserve_access_index));

struct task_struct___pointers {
	struct mm_struct *mm;
	struct files_struct *files;
};

struct list_head___other {
	struct list_head *next;
	int prev;
};

enum pid_type___alike {
	PIDTYPE_PID___alike,
	PIDTYPE_PGID___alike,
};

enum pid_type___other {
	PIDTYPE_MADE_UP,
};

/* Has no counterpart. */
struct made_up {
	int member;
} __attribute__((preserve_access_index));

struct local_only {
	int member;
};

enum answer {
	FIELD_OFFSET,
	FIELD_OFFSET_NESTED,
	FIELD_OFFSET_ARRAY,
	FIELD_OFFSET_OPEN_ARRAY,
	FIELD_OFFSET_ANONYMOUS,
	FIELD_SIZE,
	FIELD_SIZE_ARRAY,
	FIELD_EXISTS,
	FIELD_MADE_UP,
	FIELD_OTHER,
	FIELD_OF_MADE_UP,
	BITFIELD_OFFSET,
	BITFIELD_SIZE,
	BITFIELD_LEFT,
	BITFIELD_RIGHT,
	BITFIELD_SIGNED,
	SIGNED,
	ID_LOCAL,
	ID_STRUCT,
	ID_TYPEDEF,
	ID_MADE_UP,
	TYPE_EXISTS,
	TYPE_EXISTS_TYPEDEF,
	TYPE_EXISTS_FUNCTION,
	TYPE_EXISTS_MADE_UP,
	TYPE_SIZE,
	TYPE_SIZE_TYPEDEF,
	TYPE_SIZE_ENUM,
	TYPE_MATCHES,
	TYPE_MATCHES_POINTERS,
	TYPE_MATCHES_WHOLE,
	TYPE_MATCHES_OTHER,
	TYPE_MATCHES_ENUM,
	TYPE_MATCHES_OTHER_ENUM,
	VALUE_EXISTS,
	VALUE_MADE_UP,
	VALUE,
	ANSWERS,
};

enum answer unused;
__u64 answers[ANSWERS];

/*
 * bpf_core_type_matches needs clang 15. The test makes of the same object one in which whatever is asked about
 * existence is asked about likeness.
 */
#define MATCHES(type) bpf_core_type_exists(type)
#define BITFIELD(kind) __builtin_preserve_field_info(flat->pkt_type, BPF_FIELD_##kind)

SEC("tc")
int core(struct __sk_buff *ctx)
{
	/* Only asked about, never read. */
	struct task_struct *task = (void *)0;
	struct task_struct___made_up *made_up_task = (void *)0;
	struct task_struct___other *other_task = (void *)0;
	struct sk_buff___flat *flat = (void *)0;
	struct bpf_prog_array *progs = (void *)0;
	struct made_up *made_up = (void *)0;

	answers[FIELD_OFFSET] = bpf_core_field_offset(task->pid);
	answers[FIELD_OFFSET_NESTED] = bpf_core_field_offset(task->se.vruntime);
	answers[FIELD_OFFSET_ARRAY] = bpf_core_field_offset(task->comm[3]);
	answers[FIELD_OFFSET_OPEN_ARRAY] = bpf_core_field_offset(progs->items[2].bpf_cookie);
	answers[FIELD_OFFSET_ANONYMOUS] = bpf_core_field_offset(flat->len);
	answers[FIELD_SIZE] = bpf_core_field_size(task->se);
	answers[FIELD_SIZE_ARRAY] = bpf_core_field_size(task->comm);
	answers[FIELD_EXISTS] = bpf_core_field_exists(task->group_leader);
	answers[FIELD_MADE_UP] = bpf_core_field_exists(made_up_task->made_up);
	answers[FIELD_OTHER] = bpf_core_field_exists(other_task->pid);
	answers[FIELD_OF_MADE_UP] = bpf_core_field_exists(made_up->member);
	answers[BITFIELD_OFFSET] = BITFIELD(BYTE_OFFSET);
	answers[BITFIELD_SIZE] = BITFIELD(BYTE_SIZE);
	answers[BITFIELD_LEFT] = BITFIELD(LSHIFT_U64);
	answers[BITFIELD_RIGHT] = BITFIELD(RSHIFT_U64);
	answers[BITFIELD_SIGNED] = BITFIELD(SIGNED);
	answers[SIGNED] = __builtin_preserve_field_info(task->pid, BPF_FIELD_SIGNED);
	answers[ID_LOCAL] = bpf_core_type_id_local(struct local_only);
	answers[ID_STRUCT] = bpf_core_type_id_kernel(struct task_struct);
	answers[ID_TYPEDEF] = bpf_core_type_id_kernel(atomic_t);
	answers[ID_MADE_UP] = bpf_core_type_id_kernel(struct made_up);
	answers[TYPE_EXISTS] = bpf_core_type_exists(struct mm_struct);
	answers[TYPE_EXISTS_TYPEDEF] = bpf_core_type_exists(pid_t);
	answers[TYPE_EXISTS_FUNCTION] = bpf_core_type_exists(work_func_t);
	answers[TYPE_EXISTS_MADE_UP] = bpf_core_type_exists(struct made_up);
	answers[TYPE_SIZE] = bpf_core_type_size(struct file);
	answers[TYPE_SIZE_TYPEDEF] = bpf_core_type_size(kernel_cap_t);
	answers[TYPE_SIZE_ENUM] = bpf_core_type_size(enum pid_type);
	answers[TYPE_MATCHES] = MATCHES(struct list_head);
	answers[TYPE_MATCHES_POINTERS] = MATCHES(struct task_struct___pointers);
	answers[TYPE_MATCHES_WHOLE] = MATCHES(struct path);
	answers[TYPE_MATCHES_OTHER] = MATCHES(struct list_head___other);
	answers[TYPE_MATCHES_ENUM] = MATCHES(enum pid_type___alike);
	answers[TYPE_MATCHES_OTHER_ENUM] = MATCHES(enum pid_type___other);
	answers[VALUE_EXISTS] = bpf_core_enum_value_exists(enum pid_type, PIDTYPE_SID);
	answers[VALUE_MADE_UP] = bpf_core_enum_value_exists(enum pid_type___other, PIDTYPE_MADE_UP);
	answers[VALUE] = bpf_core_enum_value(enum pid_type, PIDTYPE_SID);
	return 0;
}
