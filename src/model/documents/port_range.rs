//! Ranges of ports as people write them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::container::TransportProtocol;

/// Ports of a container from the first to the last: `8000-8100`, or `8000-8100/udp`. Protocol tcp when none is written.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
#[schemars(extend(
    "pattern" = "^[0-9]{1,5}-[0-9]{1,5}(/(tcp|udp))?$",
    "patternErrorMessage" = "expected the first and the last port, such as `8000-8100` or `8000-8100/udp`",
    "examples" = ["8000-8100", "8000-8100/udp"]
))]
pub struct PortRange {
    pub first: u16,
    pub last: u16,
    pub protocol: TransportProtocol,
}

/// Text that is no range of ports.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a range of ports from 1 to 65535, the first below the last")]
pub struct PortRangeError(String);

impl TryFrom<String> for PortRange {
    type Error = PortRangeError;

    fn try_from(text: String) -> Result<Self, PortRangeError> {
        parse(&text).ok_or(PortRangeError(text))
    }
}

fn parse(text: &str) -> Option<PortRange> {
    let (ports, protocol) = match text.split_once('/') {
        None | Some((_, "tcp")) => (text.split('/').next()?, TransportProtocol::Tcp),
        Some((ports, "udp")) => (ports, TransportProtocol::Udp),
        Some(_) => return None,
    };
    let (first, last) = ports.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (1 <= first && first < last).then_some(PortRange { first, last, protocol })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_rises_and_has_a_protocol() {
        let read = |text: &str| PortRange::try_from(text.to_owned()).ok();
        let range = |protocol| Some(PortRange { first: 8000, last: 8100, protocol });
        assert_eq!(read("8000-8100"), range(TransportProtocol::Tcp));
        assert_eq!(read("8000-8100/tcp"), range(TransportProtocol::Tcp));
        assert_eq!(read("8000-8100/udp"), range(TransportProtocol::Udp));
        let wrong = ["8100-8000", "80-80", "0-80", "80-65536", "80", "80-90/sctp", "80-90-95"];
        assert_eq!(wrong.map(read), [None; 7]);
    }
}
