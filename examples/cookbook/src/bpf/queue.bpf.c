// SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause)
/*
 * A queueing discipline: first in, first out, with a limit. The packets wait in the elements of an array.
 * It needs no vmlinux.h of a kernel that has such: types and members are found in the running kernel by name.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define ROOM 256
enum { QUEUED, DROPPED };

struct sk_buff {
	unsigned int len;
} __attribute__((preserve_access_index));

struct bpf_sk_buff_ptr {
	struct sk_buff *skb;
} __attribute__((preserve_access_index));

struct qdisc_skb_head {
	__u32 qlen;
} __attribute__((preserve_access_index));

struct Qdisc {
	struct qdisc_skb_head q;
} __attribute__((preserve_access_index));

struct nlattr;
struct netlink_ext_ack;

struct Qdisc_ops {
	char id[16];
	int (*enqueue)(struct sk_buff *packet, struct Qdisc *queue, struct sk_buff **to_free);
	struct sk_buff *(*dequeue)(struct Qdisc *queue);
	int (*init)(struct Qdisc *queue, struct nlattr *options, struct netlink_ext_ack *answer);
	void (*reset)(struct Qdisc *queue);
	void (*destroy)(struct Qdisc *queue);
};

extern void bpf_kfree_skb(struct sk_buff *packet) __ksym;
extern void bpf_qdisc_skb_drop(struct sk_buff *packet, struct bpf_sk_buff_ptr *to_free) __ksym;

struct place {
	struct sk_buff __kptr *packet;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ROOM);
	__type(key, __u32);
	__type(value, struct place);
} waiting SEC(".maps");

const volatile __u32 limit = ROOM; /* of packets that wait: at most ROOM */
/* What went through, what found no room, and the most that waited at a time. The kernel locks the queue. */
__u64 sent, dropped, longest;
static __u64 first, end;

static struct place *place_of(__u64 number)
{
	__u32 index = number % ROOM;

	return bpf_map_lookup_elem(&waiting, &index);
}

SEC("struct_ops")
int enqueue(__u64 *context)
{
	struct sk_buff *packet = (void *)context[0], *before;
	struct Qdisc *queue = (void *)context[1];
	struct place *place = place_of(end);

	if (!place || end - first >= limit) {
		bpf_qdisc_skb_drop(packet, (void *)context[2]);
		dropped++;
		return DROPPED;
	}
	before = bpf_kptr_xchg(&place->packet, packet);
	if (before)
		bpf_qdisc_skb_drop(before, (void *)context[2]);
	end++;
	queue->q.qlen++;
	if (end - first > longest)
		longest = end - first;
	return QUEUED;
}

SEC("struct_ops")
__u64 dequeue(__u64 *context)
{
	struct Qdisc *queue = (void *)context[0];
	struct place *place = first == end ? NULL : place_of(first);
	struct sk_buff *packet;

	if (!place)
		return 0;
	first++;
	packet = bpf_kptr_xchg(&place->packet, NULL);
	if (!packet)
		return 0;
	queue->q.qlen--;
	sent++;
	return (__u64)packet;
}

static long free_one(__u64 index, void *unused)
{
	struct place *place = place_of(index);
	struct sk_buff *packet = place ? bpf_kptr_xchg(&place->packet, NULL) : NULL;

	if (packet)
		bpf_kfree_skb(packet);
	return 0;
}

SEC("struct_ops")
int reset(__u64 *context)
{
	struct Qdisc *queue = (void *)context[0];

	bpf_loop(ROOM, free_one, NULL, 0);
	first = end = 0;
	queue->q.qlen = 0;
	return 0;
}

SEC("struct_ops")
int init(__u64 *context)
{
	return 0;
}

SEC("struct_ops")
int destroy(__u64 *context)
{
	return 0;
}

SEC(".struct_ops.link")
struct Qdisc_ops queue = {
	.enqueue = (void *)enqueue,
	.dequeue = (void *)dequeue,
	.init = (void *)init,
	.reset = (void *)reset,
	.destroy = (void *)destroy,
	.id = "cookbook_queue",
};

char LICENSE[] SEC("license") = "GPL";
