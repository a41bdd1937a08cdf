//! tmp
use std::collections::BTreeMap;
/// tmp
#[derive(Debug, Default, Clone)]
pub struct Vocabulary { ids: Vec<String>, weak: BTreeMap<String,String> }
impl Vocabulary {
 /// tmp
 pub fn new(ids: impl IntoIterator<Item=String>, weak: impl IntoIterator<Item=(String,String)>) -> Self { Self{ids: ids.into_iter().collect(), weak: weak.into_iter().collect()} }
}
