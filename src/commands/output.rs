//! The `-o` flag.

use clap::ValueEnum;
use serde::Serialize;

use crate::exit::Failure;
use crate::render::document::{Document, Encoding};

/// How a document is printed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// JSON, indented as kubectl does.
    Json,
    /// YAML.
    Yaml,
}

impl Output {
    /// The document as text, without its last line end.
    pub fn encode<T: Serialize>(self, document: &Document<T>) -> Result<String, Failure> {
        let encoding = match self {
            Self::Json => Encoding::Json,
            Self::Yaml => Encoding::Yaml,
        };
        Ok(document.encode(encoding)?.trim_end().to_owned())
    }

    /// The same for one of several documents that follow each other: in JSON a line each.
    pub fn encode_one_of_many<T: Serialize>(
        self,
        document: &Document<T>,
    ) -> Result<String, Failure> {
        match self {
            Self::Json => Ok(serde_json::to_string(document).map_err(anyhow::Error::from)?),
            Self::Yaml => Ok(format!("---\n{}", self.encode(document)?)),
        }
    }
}
