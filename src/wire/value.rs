//! Values that the two encodings spell differently.

use std::fmt;

use jiff::Timestamp;
use prost::Message;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType, skip_field};
use serde::Deserialize;
use serde::de::{self, Deserializer};

/// `metav1.Time`: RFC 3339 in JSON, a message in protobuf; both have seconds only.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Time {
    /// Seconds since 1970, negative before it.
    #[prost(int64, tag = "1")]
    pub seconds: i64,
}

impl Time {
    /// The moment, unless it is outside of what a timestamp can hold.
    ///
    /// Go writes its zero time as an empty message, so second 0 means "not set".
    pub fn timestamp(self) -> Option<Timestamp> {
        (self.seconds != 0).then(|| Timestamp::from_second(self.seconds).ok()).flatten()
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let at = Timestamp::deserialize(deserializer)?;
        Ok(Self { seconds: at.as_second() })
    }
}

/// `intstr.IntOrString`: a number or a string in JSON, a tagged message in protobuf.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct IntOrString {
    /// 0 for a number, 1 for a string.
    #[prost(int64, tag = "1")]
    pub kind: i64,
    /// The number.
    #[prost(int32, tag = "2")]
    pub number: i32,
    /// The string.
    #[prost(string, tag = "3")]
    pub string: String,
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = IntOrString;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a 32-bit number or a string")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<IntOrString, E> {
                let number = i32::try_from(number)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))?;
                Ok(IntOrString { kind: 0, number, string: String::new() })
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<IntOrString, E> {
                let number = i32::try_from(number)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))?;
                Ok(IntOrString { kind: 0, number, string: String::new() })
            }

            fn visit_str<E: de::Error>(self, string: &str) -> Result<IntOrString, E> {
                Ok(IntOrString { kind: 1, number: 0, string: string.to_owned() })
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == 0 { self.number.fmt(f) } else { self.string.fmt(f) }
    }
}

/// `resource.Quantity`: text in JSON (a bare number is taken too), a message in protobuf.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Quantity {
    /// As written, such as `10Gi`.
    #[prost(string, tag = "1")]
    pub text: String,
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Ok(Self { text }),
            serde_json::Value::Number(number) => Ok(Self { text: number.to_string() }),
            _ => Err(de::Error::custom("neither text nor a number")),
        }
    }
}

/// JSON inside an object: in place in JSON, the bytes of its text in protobuf
/// (`runtime.RawExtension`, `metav1.FieldsV1`).
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Json {
    /// The text, not looked at so far.
    #[prost(bytes = "vec", tag = "1")]
    pub text: Vec<u8>,
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        serde_json::to_vec(&value).map(|text| Self { text }).map_err(de::Error::custom)
    }
}

/// A pod template: whole from JSON, and nothing from protobuf.
///
/// Templates are compared and patched as JSON, and half of Kubernetes' types would be needed to
/// turn one from protobuf into that. Who needs templates asks for JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodTemplate(pub Option<serde_json::Value>);

impl<'de> Deserialize<'de> for PodTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self)
    }
}

impl Message for PodTemplate {
    fn encode_raw(&self, _buf: &mut impl BufMut) {}

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), prost::DecodeError> {
        skip_field(wire_type, tag, buf, ctx)
    }

    fn encoded_len(&self) -> usize {
        0
    }

    fn clear(&mut self) {
        self.0 = None;
    }
}

/// Something that is there and not read.
#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
pub struct Skipped {}

/// Reads `null` as the default, as Go does.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_of_a_time_mean_the_same() {
        let json: Time = serde_json::from_str(r#""2026-11-21T06:00:00Z""#).unwrap();
        let protobuf = Time::decode(json.encode_to_vec().as_slice()).unwrap();
        assert_eq!(json, protobuf);
        assert_eq!(json.timestamp().unwrap().to_string(), "2026-11-21T06:00:00Z");
        assert_eq!(Time::decode([].as_slice()).unwrap().timestamp(), None, "Go's zero time");
        let far = Time { seconds: i64::MAX };
        assert_eq!(far.timestamp(), None);
    }

    #[test]
    fn counts_and_percentages_keep_their_spelling() {
        let count: IntOrString = serde_json::from_str("3").unwrap();
        assert_eq!(count.to_string(), "3");
        let share: IntOrString = serde_json::from_str(r#""25%""#).unwrap();
        assert_eq!(share.to_string(), "25%");
        assert_eq!(IntOrString::decode(share.encode_to_vec().as_slice()).unwrap(), share);
        assert!(serde_json::from_str::<IntOrString>("2147483648").is_err());
        assert!(serde_json::from_str::<IntOrString>("1.5").is_err());
    }

    #[test]
    fn a_template_is_not_read_from_protobuf() {
        let nested = IntOrString { kind: 1, number: 7, string: "anything".to_owned() };
        let template = PodTemplate::decode(nested.encode_to_vec().as_slice()).unwrap();
        assert_eq!(template, PodTemplate(None));
    }
}
