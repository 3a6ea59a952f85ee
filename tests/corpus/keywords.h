/* SPDX-License-Identifier: (LGPL-2.1-only OR BSD-2-Clause) */
/* Rust's keywords that C leaves to programs, and the words of Rust's that are close to one. */
#define KEYWORDS(X)                                                                                \
	X(_) X(abstract) X(as) X(async) X(await) X(become) X(box) X(crate) X(dyn) X(final) X(fn)   \
	X(gen) X(impl) X(in) X(let) X(loop) X(macro) X(macro_rules) X(match) X(mod) X(move)        \
	X(mut) X(override) X(priv) X(pub) X(raw) X(ref) X(safe) X(Self) X(self) X(self_)           \
	X(super) X(trait) X(try) X(type) X(unsafe) X(unsized) X(use) X(virtual) X(where) X(yield)

/* Names that a skeleton has, or the macros that it calls. */
#define GENERATED_NAMES(X)                                                                         \
	X(Option) X(u8) X(u32) X(i64) X(usize) X(str) X(String) X(Vec) X(Result) X(Ok) X(Err)      \
	X(Some) X(None) X(Box) X(Send) X(Sync) X(Sized) X(Copy) X(Clone) X(Debug) X(Default)       \
	X(PartialEq) X(Eq) X(Ord) X(Hash) X(From) X(Into) X(Fn) X(Drop) X(Pod) X(Zeroable)         \
	X(OpenSkeleton) X(Skeleton) X(Parts) X(Programs) X(Maps) X(OpenMaps) X(OpenPrograms)       \
	X(StructOps) X(StructOpsMaps) X(NAME) X(OBJECT) X(types) X(sections) X(shadow) X(bpf)      \
	X(libbpf_safe) X(core) X(std) X(alloc) X(object) X(maps) X(programs) X(struct_ops)         \
	X(rodata) X(data) X(bss) X(program_object) X(map_object) X(open) X(open_with) X(parts)     \
	X(load) X(into_object) X(new) X(options) X(name) X(offset_of) X(size_of) X(align_of)       \
	X(size) X(value) X(fields) X(f) X(from) X(fmt) X(eq) X(plain) X(plain_enum) X(assert)      \
	X(concat) X(stringify) X(include_bytes) X(_all_fields) X(_only_field) X(is_pod)            \
	X(_open) X(_padding_4) X(_padding_8) X(bits) X(anonymous_0) X(anonymous_1) X(T) X(a)       \
	X(into) X(try_into) X(drop) X(this) X(cmp) X(partial_cmp) X(hash) X(state) X(other)
