/// Whether a Google project is published; empty where nobody has said.
pub(crate) const PUBLISHING: &str = "
ALTER TABLE registration ADD COLUMN publishing TEXT NOT NULL DEFAULT '';
";
