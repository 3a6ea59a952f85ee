use super::super::{Btf, BtfError, Builder, DataFormat, Field, IntEncoding, SectionEntry, TypeId};

fn build(add: impl FnOnce(&mut Builder) -> Result<TypeId, BtfError>) -> (Btf, TypeId) {
    let mut types = Builder::new();
    let id = add(&mut types).unwrap();
    (types.build().unwrap(), id)
}

#[test]
fn a_section_in_itself_has_no_text() {
    let (btf, section) = build(|types| {
        let own = types.next_id()?;
        types.data_section(".data", 4, [SectionEntry::new(own, 0, 4)])
    });
    let text = btf.format_data(section, &[0; 4], &DataFormat::new());
    assert!(matches!(text, Err(BtfError::TooDeep { .. })), "{text:?}");
}

#[test]
fn names_do_not_make_a_text_without_end() {
    const COUNT: u32 = 1 << 15;
    let (btf, array) = build(|types| {
        let byte = types.int("char", 1, IntEncoding::Char)?;
        let name = "a".repeat(1 << 16);
        let element = types.structure("s", 1, [Field::new(&name, byte, 0)])?;
        types.array(element, byte, COUNT)
    });
    // 2 GiB
    let data = vec![1; COUNT as usize];
    let text = btf.format_data(array, &data, &DataFormat::new());
    let error = text.map(|text| text.len()).unwrap_err();
    assert!(matches!(error, BtfError::TooMuchText { .. }), "{error}");
    // What is not out of proportion is written.
    let few = btf.format_data(array, &data, &DataFormat::new().skip_names());
    assert!(few.unwrap().len() > data.len());
}
