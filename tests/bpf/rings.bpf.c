// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/* Writes records on command: the next system call of a thread carries out what stands in `commands`. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern __u64 bpf_dynptr_size(const struct bpf_dynptr *sample) __ksym;

enum action {
	NOTHING,
	/* bpf_ringbuf_output */
	WRITE,
	/* reserve and submit */
	SUBMIT,
	/* reserve and discard */
	DISCARD,
	/* reserve, write another one behind it, wait for `release`, submit */
	HOLD,
	/* bpf_perf_event_output */
	PERF,
	/* bpf_user_ringbuf_drain */
	DRAIN,
};

struct command {
	__u32 thread;
	enum action action;
	/* of each record, in bytes */
	__u32 length;
	__u32 count;
	/* the first record's number; each carries its own in the first 8 bytes */
	__u64 number;
};

struct outcome {
	/* commands that were carried out */
	__u64 done;
	/* what the last helper returned */
	__s64 returned;
	/* a record is held right now */
	__u64 holding;
	/* the sum of the numbers in drained samples, and their lengths together */
	__u64 sum;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct command);
} commands SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct outcome);
} outcomes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} release SEC(".maps");

struct scratch {
	__u64 number;
	__u8 rest[8192 - 8];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} requests SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} samples SEC(".maps");

static __always_inline long write_record(struct scratch *data, __u32 length)
{
	length &= 8191;
	/* A length of 8191 stands for 8192, which no other can. */
	return bpf_ringbuf_output(&events, data, length == 8191 ? 8192 : length, 0);
}

static __always_inline long reserve_record(__u64 number, bool discard)
{
	__u64 *record = bpf_ringbuf_reserve(&events, 16, 0);

	if (!record)
		return -1;
	record[0] = number;
	record[1] = ~number;
	if (discard)
		bpf_ringbuf_discard(record, 0);
	else
		bpf_ringbuf_submit(record, 0);
	return 0;
}

static __always_inline long hold_record(__u64 number, struct outcome *outcome)
{
	__u64 start = bpf_ktime_get_ns();
	__u64 second[2] = { number + 1, ~(number + 1) };
	__u64 *record = bpf_ringbuf_reserve(&events, 16, 0);
	bool waiting = true;
	volatile __u64 *go;
	__u32 zero = 0;
	int i, j;

	if (!record)
		return -1;
	record[0] = number;
	record[1] = ~number;
	bpf_ringbuf_output(&events, second, sizeof(second), 0);
	outcome->holding = 1;
	/* A loop can have 8 million rounds at most. */
	bpf_for(i, 0, 1 << 20) {
		bpf_for(j, 0, 1 << 10) {
			go = bpf_map_lookup_elem(&release, &zero);
			if (!go || *go || bpf_ktime_get_ns() - start > 5000000000ULL) {
				waiting = false;
				break;
			}
		}
		if (!waiting)
			break;
	}
	outcome->holding = 0;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

static long drained(struct bpf_dynptr *sample, void *context)
{
	struct outcome *outcome;
	__u64 number = 0;
	__u32 zero = 0;

	outcome = bpf_map_lookup_elem(&outcomes, &zero);
	if (!outcome)
		return 1;
	bpf_dynptr_read(&number, sizeof(number), sample, 0, 0);
	outcome->sum += number;
	outcome->bytes += bpf_dynptr_size(sample);
	return 0;
}

SEC("raw_tp/sys_enter")
int on_sys_enter(void *ctx)
{
	struct command *command, todo;
	struct outcome *outcome;
	struct scratch *data;
	__u32 zero = 0;
	__u32 i;

	command = bpf_map_lookup_elem(&commands, &zero);
	if (!command || command->action == NOTHING ||
	    command->thread != (__u32)bpf_get_current_pid_tgid())
		return 0;
	todo = *command;
	command->action = NOTHING;
	outcome = bpf_map_lookup_elem(&outcomes, &zero);
	data = bpf_map_lookup_elem(&scratch, &zero);
	if (!outcome || !data)
		return 0;
	bpf_for(i, 0, todo.count) {
		__u64 number = todo.number + i;

		data->number = number;
		switch (todo.action) {
		case WRITE:
			outcome->returned = write_record(data, todo.length);
			break;
		case SUBMIT:
		case DISCARD:
			outcome->returned = reserve_record(number, todo.action == DISCARD);
			break;
		case HOLD:
			outcome->returned = hold_record(number, outcome);
			break;
		case PERF:
			outcome->returned = bpf_perf_event_output(ctx, &samples, BPF_F_CURRENT_CPU,
								  data, todo.length & 8191);
			break;
		case DRAIN:
			outcome->returned = bpf_user_ringbuf_drain(&requests, drained, NULL, 0);
			break;
		default:
			break;
		}
	}
	__sync_fetch_and_add(&outcome->done, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
