//! What a new project does.

use clap::ValueEnum;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    /// A TCP congestion control, as an example of struct_ops
    StructOps,
    /// Counts the packets of a network device
    Xdp,
    /// Shows every program that is executed
    Tracing,
}

impl Kind {
    /// Of the BPF source's name.
    pub(super) fn stem(self) -> &'static str {
        match self {
            Kind::StructOps => "congestion_control",
            Kind::Xdp => "packets",
            Kind::Tracing => "executed",
        }
    }

    pub(super) fn bpf(self) -> &'static str {
        match self {
            Kind::StructOps => include_str!("templates/congestion_control.bpf.c"),
            Kind::Xdp => include_str!("templates/packets.bpf.c"),
            Kind::Tracing => include_str!("templates/executed.bpf.c"),
        }
    }

    pub(super) fn program(self) -> &'static str {
        match self {
            Kind::StructOps => include_str!("templates/congestion_control.rs"),
            Kind::Xdp => include_str!("templates/packets.rs"),
            Kind::Tracing => include_str!("templates/executed.rs"),
        }
    }

    pub(super) fn what(self) -> &'static str {
        match self {
            Kind::StructOps => "a TCP congestion control in BPF (struct_ops)",
            Kind::Xdp => "counts the packets that a network device receives (XDP)",
            Kind::Tracing => "shows every program that is executed (tracing)",
        }
    }

    /// What the program is run with, with a space before.
    pub(super) fn arguments(self) -> &'static str {
        match self {
            Kind::StructOps => " my_cc 40",
            Kind::Xdp => " lo",
            Kind::Tracing => "",
        }
    }

    pub(super) fn usage(self) -> &'static str {
        match self {
            Kind::StructOps => {
                "Its arguments are a name, and the largest window in segments. A socket chooses it by the option \
                 `TCP_CONGESTION`; for all, `sysctl net.ipv4.tcp_congestion_control=my_cc`. `skelgen struct-ops list` \
                 shows it.\n\nNeeds Linux 6.4."
            }
            Kind::Xdp => "Its argument is the network device.\n\nNeeds Linux 5.9.",
            Kind::Tracing => "It takes no arguments.\n\nNeeds Linux 5.8.",
        }
    }
}
