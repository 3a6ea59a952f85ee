//! The kernel's subsystems with struct_ops, and what each refuses: one entry for each, with the place in the
//! kernel's source that it comes from. As of Linux 6.18, and of later ones where an entry says so.
//!
//! Members that a kernel lacks, or has in another size, are told from its BTF, and are not repeated here.

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
}

pub(super) struct Subsystem {
    pub(super) type_name: &'static str,
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
    settings: &[],
    rules: &[],
    perhaps: &[],
    errnos: &[],
};

const SUBSYSTEMS: &[Subsystem] = &[
    // net/ipv4/bpf_tcp_ca.c: bpf_tcp_ca_init_member; net/ipv4/tcp_cong.c: tcp_validate_congestion_control
    Subsystem {
        type_name: "tcp_congestion_ops",
        settings: &["flags", "name"],
        rules: &[
            Rule::Name("name"),
            Rule::Required("ssthresh"),
            Rule::Required("undo_cwnd"),
            Rule::OneOf(&["cong_avoid", "cong_control"]),
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
    // kernel/sched/ext.c: bpf_scx_init_member, scx_enable; `sub_cgroup_id` is of later kernels
    Subsystem {
        type_name: "sched_ext_ops",
        settings: &[
            "dispatch_max_batch",
            "flags",
            "name",
            "timeout_ms",
            "exit_dump_len",
            "hotplug_seq",
            "sub_cgroup_id",
        ],
        rules: &[Rule::Name("name")],
        errnos: &[
            (
                libc::E2BIG,
                "`timeout_ms` may be at most 30 seconds, and `dispatch_max_batch` at most 2147483647",
            ),
            (
                libc::EBUSY,
                "another scheduler is in force: detach that first",
            ),
        ],
        ..NOTHING
    },
    // drivers/hid/bpf/hid_bpf_struct_ops.c: hid_bpf_ops_init_member, hid_bpf_reg
    Subsystem {
        type_name: "hid_bpf_ops",
        settings: &["hid_id", "flags"],
        rules: &[Rule::NotZero("hid_id")],
        perhaps: &[
            "`hid_id` may be of no device that there is",
            "the device may have a `hid_rdesc_fixup` already",
        ],
        errnos: &[(
            libc::E2BIG,
            "the device has as many maps attached as it takes",
        )],
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
        settings: &["name", "flags"],
        rules: &[Rule::Name("name")],
        errnos: &[(
            libc::EOPNOTSUPP,
            "this subsystem takes no links: put the map into a plain `.struct_ops` section",
        )],
        ..NOTHING
    },
    // io_uring/bpf-ops.c: bpf_io_init_member, io_install_bpf; of later kernels than 6.18
    Subsystem {
        type_name: "io_uring_bpf_ops",
        settings: &["ring_fd"],
        rules: &[Rule::OneOf(&["loop_step", "poll_gate"])],
        errnos: &[
            (
                libc::EOPNOTSUPP,
                "the ring has to be set up with IORING_SETUP_DEFER_TASKRUN, and without \
                 IORING_SETUP_SQPOLL and IORING_SETUP_IOPOLL",
            ),
            (libc::EBUSY, "the ring has another map already"),
        ],
        ..NOTHING
    },
];
