//! Programs that the kernel never sees.

use crate::{leaves_nothing, says};
use libbpf_safe::OpenObject;
use libbpf_tests::skeletons::UNLOADABLE;

pub(crate) fn what_libbpf_gives_up_says_why_and_what_to_do() {
    let cases: [(&str, &[&str]); 3] = [
        (
            "of_no_type",
            &[
                "prog 'of_no_type': missing BPF prog type",
                "section `strange/place`",
                "set_program_type",
            ],
        ),
        (
            "at_nothing",
            &[
                "prog 'at_nothing': failed to find kernel BTF type ID",
                "has no `there_is_no_such_function`",
                "set_attach_target",
            ],
        ),
        (
            "for_nobody",
            &[
                "prog 'for_nobody': attach program FD is not set",
                "of another program",
                "set_attach_target",
            ],
        ),
    ];
    for (program, words) in cases {
        leaves_nothing(|| {
            let mut open = OpenObject::from_bytes("unloadable", UNLOADABLE).unwrap();
            open.program_mut(program).unwrap().set_autoload(true);
            let error = open.load().unwrap_err();
            says(&error, &["load object `unloadable`"]);
            says(&error, words);
            assert!(!error.to_string().contains("failed to load: "), "{error}");
        });
    }
}
