// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Registers `struct safe_ops`, and tells in /proc/libbpf_safe_ops what it has received: a line for each member, as
 * NAME=VALUE, arrays with spaces between their elements. Writing a number there calls the callbacks with it; the
 * lines `choose.returned` and `weigh.returned` say what came of it.
 */
#include <linux/bpf.h>
#include <linux/bpf_verifier.h>
#include <linux/btf.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include "ops.h"

#define FILE_NAME "libbpf_safe_ops"

/* What is registered, if anything is. BPF's own copy, which stays until it is unregistered. */
static struct safe_ops *registered;
static DEFINE_MUTEX(registered_lock);

static struct {
	unsigned int registrations;
	unsigned int updates;
	int chosen;
	u64 weighed;
} seen;

struct data_member {
	u32 offset;
	u32 size;
};

#define MEMBER(name) { offsetof(struct safe_ops, name), sizeof_field(struct safe_ops, name) }

/* All but callbacks: those the kernel fills in. `data` may be set as well; nobody follows it. */
static const struct data_member data_members[] = {
	MEMBER(name), MEMBER(s8), MEMBER(u8), MEMBER(s16), MEMBER(u16), MEMBER(s32), MEMBER(u32), MEMBER(s64),
	MEMBER(u64), MEMBER(word), MEMBER(letter), MEMBER(on), MEMBER(switches), MEMBER(handle), MEMBER(level),
	MEMBER(shift), MEMBER(wide), MEMBER(table), MEMBER(grid), MEMBER(words), MEMBER(at), MEMBER(path),
	MEMBER(box), MEMBER(range), MEMBER(value), MEMBER(packed), MEMBER(aligned), MEMBER(data),
};

static int ops_init_member(const struct btf_type *t, const struct btf_member *member, void *kdata, const void *udata)
{
	u32 offset = __btf_member_bit_offset(t, member) / 8;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(data_members); i++) {
		if (data_members[i].offset != offset)
			continue;
		memcpy(kdata + offset, udata + offset, data_members[i].size);
		return 1;
	}
	return 0;
}

static int ops_init(struct btf *btf)
{
	return 0;
}

static int ops_check_member(const struct btf_type *t, const struct btf_member *member, const struct bpf_prog *prog)
{
	return 0;
}

static int ops_validate(void *kdata)
{
	struct safe_ops *ops = kdata;

	/* As most subsystems do: without a word why. */
	if (!ops->choose || strnlen(ops->name, sizeof(ops->name)) == sizeof(ops->name))
		return -EINVAL;
	return 0;
}

static int ops_reg(void *kdata, struct bpf_link *link)
{
	int err = 0;

	mutex_lock(&registered_lock);
	if (registered) {
		err = -EEXIST;
	} else {
		registered = kdata;
		seen.registrations++;
		seen.chosen = 0;
		seen.weighed = 0;
	}
	mutex_unlock(&registered_lock);
	return err;
}

static void ops_unreg(void *kdata, struct bpf_link *link)
{
	mutex_lock(&registered_lock);
	if (registered == kdata)
		registered = NULL;
	mutex_unlock(&registered_lock);
}

static int ops_update(void *kdata, void *old_kdata, struct bpf_link *link)
{
	int err = 0;

	mutex_lock(&registered_lock);
	if (registered != old_kdata) {
		err = -ENOENT;
	} else {
		registered = kdata;
		seen.updates++;
	}
	mutex_unlock(&registered_lock);
	return err;
}

static bool ops_is_valid_access(int off, int size, enum bpf_access_type type, const struct bpf_prog *prog,
				struct bpf_insn_access_aux *info)
{
	return bpf_tracing_btf_ctx_access(off, size, type, prog, info);
}

static const struct bpf_verifier_ops ops_verifier_ops = {
	.get_func_proto = bpf_base_func_proto,
	.is_valid_access = ops_is_valid_access,
};

/* For control flow integrity: functions of the callbacks' types. They are never called. */
static int stub_choose(int value)
{
	return 0;
}

static u64 stub_weigh(u32 value, u64 factor)
{
	return 0;
}

static void stub_notify(u32 event)
{
}

static struct safe_ops stubs = {
	.choose = stub_choose,
	.weigh = stub_weigh,
	.notify = stub_notify,
};

static struct bpf_struct_ops safe_struct_ops = {
	.verifier_ops = &ops_verifier_ops,
	.init = ops_init,
	.check_member = ops_check_member,
	.init_member = ops_init_member,
	.validate = ops_validate,
	.reg = ops_reg,
	.unreg = ops_unreg,
	.update = ops_update,
	.cfi_stubs = &stubs,
	.name = "safe_ops",
	.owner = THIS_MODULE,
};

#define SHOW(format, member) seq_printf(file, #member "=" format "\n", ops->member)

static void show_values(struct seq_file *file, const struct safe_ops *ops)
{
	SHOW("%.16s", name);
	SHOW("%d", s8);
	SHOW("%u", u8);
	SHOW("%d", s16);
	SHOW("%u", u16);
	SHOW("%d", s32);
	SHOW("%u", u32);
	SHOW("%lld", s64);
	SHOW("%llu", u64);
	SHOW("%ld", word);
	SHOW("%d", letter);
	/* As the byte that it is. */
	seq_printf(file, "on=%u\n", *(const u8 *)&ops->on);
	seq_printf(file, "switches=%u %u %u\n", ops->switches[0], ops->switches[1], ops->switches[2]);
	SHOW("%u", handle);
	seq_printf(file, "level=%u\n", ops->level);
	seq_printf(file, "shift=%d\n", ops->shift);
	seq_printf(file, "wide=%#llx\n", (u64)ops->wide);
	seq_printf(file, "table=%u %u %u %u\n", ops->table[0], ops->table[1], ops->table[2], ops->table[3]);
	seq_printf(file, "grid=%d %d %d %d %d %d\n", ops->grid[0][0], ops->grid[0][1], ops->grid[0][2],
		   ops->grid[1][0], ops->grid[1][1], ops->grid[1][2]);
	seq_printf(file, "words=%.8s %.8s\n", ops->words[0], ops->words[1]);
	seq_printf(file, "data=0x%lx\n", (unsigned long)ops->data);
}

static void show_composites(struct seq_file *file, const struct safe_ops *ops)
{
	const struct safe_point *corners = ops->box.corners;
	const u8 *channels = ops->box.channels;

	seq_printf(file, "at=%d %d\n", ops->at.x, ops->at.y);
	seq_printf(file, "path=%d %d %d %d\n", ops->path[0].x, ops->path[0].y, ops->path[1].x, ops->path[1].y);
	seq_printf(file, "box.corners=%d %d %d %d\n", corners[0].x, corners[0].y, corners[1].x, corners[1].y);
	SHOW("%llu", box.area);
	SHOW("%#x", box.colour);
	seq_printf(file, "box.channels=%u %u %u %u\n", channels[0], channels[1], channels[2], channels[3]);
	SHOW("%u", range.low);
	SHOW("%u", range.high);
	SHOW("%#llx", value.number);
	seq_printf(file, "value.point=%d %d\n", ops->value.point.x, ops->value.point.y);
	SHOW("%u", packed.tag);
	SHOW("%u", packed.value);
	SHOW("%u", packed.tail);
	SHOW("%u", aligned.value);
}

static int show(struct seq_file *file, void *unused)
{
	mutex_lock(&registered_lock);
	seq_printf(file, "registered=%d\n", registered != NULL);
	seq_printf(file, "registrations=%u\n", seen.registrations);
	seq_printf(file, "updates=%u\n", seen.updates);
	if (registered) {
		seq_printf(file, "choose=%d\n", registered->choose != NULL);
		seq_printf(file, "weigh=%d\n", registered->weigh != NULL);
		seq_printf(file, "notify=%d\n", registered->notify != NULL);
		seq_printf(file, "choose.returned=%d\n", seen.chosen);
		seq_printf(file, "weigh.returned=%llu\n", seen.weighed);
		show_values(file, registered);
		show_composites(file, registered);
	}
	mutex_unlock(&registered_lock);
	return 0;
}

static int open_file(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

static ssize_t call(struct file *file, const char __user *text, size_t size, loff_t *offset)
{
	int value, err;

	err = kstrtoint_from_user(text, size, 0, &value);
	if (err)
		return err;
	mutex_lock(&registered_lock);
	if (!registered) {
		mutex_unlock(&registered_lock);
		return -ENOENT;
	}
	seen.chosen = registered->choose(value);
	if (registered->weigh)
		seen.weighed = registered->weigh(value, 1ULL << 40);
	if (registered->notify)
		registered->notify(value);
	mutex_unlock(&registered_lock);
	return size;
}

static const struct proc_ops file_ops = {
	.proc_open = open_file,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = call,
};

static int __init safe_ops_init(void)
{
	int err = register_bpf_struct_ops(&safe_struct_ops, safe_ops);

	if (err)
		return err;
	return proc_create(FILE_NAME, 0600, NULL, &file_ops) ? 0 : -ENOMEM;
}

static void __exit safe_ops_exit(void)
{
	remove_proc_entry(FILE_NAME, NULL);
}

module_init(safe_ops_init);
module_exit(safe_ops_exit);
MODULE_DESCRIPTION("An ops type with every kind of member, for the tests of libbpf-safe");
MODULE_LICENSE("Dual BSD/GPL");
