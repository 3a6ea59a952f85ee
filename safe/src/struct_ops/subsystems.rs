//! The kernel's subsystems with struct_ops, and what each refuses: one entry for each, with the place in the
//! kernel's source that it comes from, and the newest release that it was held against.
//!
//! What the kernel's BTF tells is not repeated here: members that it lacks or has in another size, and the bits of
//! flags, where it has a constant for them.

/// One rule of a subsystem.
pub(super) enum Rule {
    /// This callback must be there.
    Required(&'static str),
    /// One of these callbacks must be there.
    OneOf(&'static [&'static str]),
    /// A `char[N]` with 1 to N-1 bytes out of letters, digits, `_` and `.` (`bpf_obj_name_cpy`).
    Name(&'static str),
    /// This setting must not be zero.
    NotZero(&'static str),
    /// Only bits that the kernel knows may be set.
    Flags(Flags),
}

/// The bits of a setting, which differ from release to release.
pub(super) struct Flags {
    pub(super) member: &'static str,
    /// The constant of an enum in the kernel's BTF that has them all; `None` where they are macros, which BTF lacks.
    pub(super) constant: Option<&'static str>,
    /// Where no BTF tells: those that the entry's release knows.
    pub(super) known: u64,
}

pub(super) struct Subsystem {
    pub(super) type_name: &'static str,
    /// The newest release of Linux that the entry was held against.
    pub(super) as_of: &'static str,
    /// Members, beside callbacks, whose value the subsystem takes; all others must be zero.
    pub(super) settings: &'static [&'static str],
    /// What is EINVAL where it is broken.
    pub(super) rules: &'static [Rule],
    /// What is EINVAL as well, and does not show in the value.
    pub(super) perhaps: &'static [&'static str],
    /// What other errnos mean when the map is attached.
    pub(super) errnos: &'static [(i32, &'static str)],
}

impl Subsystem {
    pub(super) fn of(type_name: &str) -> Option<&'static Subsystem> {
        SUBSYSTEMS
            .iter()
            .find(|subsystem| subsystem.type_name == type_name)
    }
}

const NOTHING: Subsystem = Subsystem {
    type_name: "",
    as_of: "6.18",
    settings: &[],
    rules: &[],
    perhaps: &[],
    errnos: &[],
};

// kernel/sched/ext.c: bpf_scx_init_member, scx_enable
const SCHED_EXT: Subsystem = Subsystem {
    type_name: "sched_ext_ops",
    as_of: "7.3",
    settings: &[
        "dispatch_max_batch",
        "flags",
        "name",
        "timeout_ms",
        "exit_dump_len",
        "hotplug_seq",
        "cid_shard_size",
        "rescue_bandwidth_ppt",
        "rescue_quantum_us",
        "sub_cgroup_id",
    ],
    rules: &[
        Rule::Name("name"),
        Rule::Flags(Flags {
            member: "flags",
            constant: Some("SCX_OPS_ALL_FLAGS"),
            known: 0x1ff,
        }),
    ],
    errnos: &[
        (
            libc::E2BIG,
            "`timeout_ms` may be at most 30 seconds, `dispatch_max_batch` at most 2147483647, and \
             `rescue_bandwidth_ppt` at most 250",
        ),
        (
            libc::EBUSY,
            "another scheduler is in force: detach that first",
        ),
    ],
    ..NOTHING
};

const SUBSYSTEMS: &[Subsystem] = &[
    // net/ipv4/bpf_tcp_ca.c: bpf_tcp_ca_init_member; net/ipv4/tcp_cong.c: tcp_validate_congestion_control;
    // include/net/tcp.h: TCP_CONG_MASK, a macro
    Subsystem {
        type_name: "tcp_congestion_ops",
        settings: &["flags", "name"],
        rules: &[
            Rule::Name("name"),
            Rule::Required("ssthresh"),
            Rule::Required("undo_cwnd"),
            Rule::OneOf(&["cong_avoid", "cong_control"]),
            Rule::Flags(Flags {
                member: "flags",
                constant: None,
                known: 0x1f,
            }),
        ],
        ..NOTHING
    },
    // net/bpf/bpf_dummy_struct_ops.c: bpf_dummy_reg
    Subsystem {
        type_name: "bpf_dummy_ops",
        errnos: &[(
            libc::EOPNOTSUPP,
            "this subsystem does not register; its programs are for test runs",
        )],
        ..NOTHING
    },
    SCHED_EXT,
    Subsystem {
        type_name: "sched_ext_ops_cid",
        ..SCHED_EXT
    },
    // drivers/hid/bpf/hid_bpf_struct_ops.c: hid_bpf_ops_init_member, hid_bpf_reg
    Subsystem {
        type_name: "hid_bpf_ops",
        settings: &["hid_id", "flags"],
        rules: &[
            Rule::NotZero("hid_id"),
            // BPF_F_BEFORE
            Rule::Flags(Flags {
                member: "flags",
                constant: None,
                known: 1 << 3,
            }),
        ],
        perhaps: &[
            "`hid_id` may be of no device that there is",
            "the device may have a `hid_rdesc_fixup` already",
        ],
        errnos: &[(
            libc::E2BIG,
            "the device has as many maps attached as it takes",
        )],
        ..NOTHING
    },
    // net/sched/bpf_qdisc.c: bpf_qdisc_init_member, bpf_qdisc_validate
    Subsystem {
        type_name: "Qdisc_ops",
        settings: &["id"],
        rules: &[
            Rule::Name("id"),
            Rule::Required("enqueue"),
            Rule::Required("dequeue"),
            Rule::Required("init"),
            Rule::Required("reset"),
            Rule::Required("destroy"),
        ],
        ..NOTHING
    },
    // net/smc/smc_hs_bpf.c: smc_bpf_hs_ctrl_init_member, smc_bpf_hs_ctrl_reg
    Subsystem {
        type_name: "smc_hs_ctrl",
        as_of: "6.19",
        settings: &["name", "flags"],
        rules: &[
            Rule::Name("name"),
            Rule::Flags(Flags {
                member: "flags",
                constant: Some("SMC_HS_CTRL_ALL_FLAGS"),
                known: 1,
            }),
        ],
        errnos: &[(
            libc::EOPNOTSUPP,
            "this subsystem takes no links: put the map into a plain `.struct_ops` section",
        )],
        ..NOTHING
    },
    // io_uring/bpf-ops.c: bpf_io_init_member, bpf_io_reg, io_install_bpf
    Subsystem {
        type_name: "io_uring_bpf_ops",
        as_of: "7.3",
        settings: &["ring_fd"],
        rules: &[Rule::Required("loop_step")],
        errnos: &[
            (
                libc::EBADF,
                "`ring_fd` is no descriptor of this process: set it before load, and keep the ring open",
            ),
            (
                libc::EOPNOTSUPP,
                "`ring_fd` has to be of an io_uring that was set up with IORING_SETUP_DEFER_TASKRUN, and \
                 without IORING_SETUP_SQPOLL and IORING_SETUP_IOPOLL",
            ),
            (libc::EBUSY, "the ring has another map already"),
        ],
        ..NOTHING
    },
];
