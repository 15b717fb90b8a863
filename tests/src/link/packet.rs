//! The little of an IPv4 packet that counting needs.

/// What a TCP packet carries.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tcp {
    /// Bytes for the application.
    pub(super) data: usize,
    /// The same number for both directions of a connection.
    pub(super) connection: u64,
}

/// Reads an IPv4 packet with TCP inside; `None` for anything else.
pub(super) fn tcp(packet: &[u8]) -> Option<Tcp> {
    let first = *packet.first()?;
    if first >> 4 != 4 || *packet.get(9)? != 6 {
        return None;
    }
    let header = usize::from(first & 15) * 4;
    let total = usize::from(u16::from_be_bytes([*packet.get(2)?, *packet.get(3)?]));
    let ports = packet.get(header..header + 4)?;
    let offset = usize::from(*packet.get(header + 12)? >> 4) * 4;
    let one = u64::from(u16::from_be_bytes([ports[0], ports[1]]));
    let other = u64::from(u16::from_be_bytes([ports[2], ports[3]]));
    // A link has one host at each end: the two ports tell connections apart.
    let connection = one.min(other) << 16 | one.max(other);
    Some(Tcp { data: total.saturating_sub(header + offset), connection })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(from: u16, to: u16, data: usize) -> Vec<u8> {
        let mut bytes = vec![0; 20 + 32 + data];
        let total = bytes.len() as u16;
        bytes[0] = 0x45;
        bytes[2..4].copy_from_slice(&total.to_be_bytes());
        bytes[9] = 6;
        bytes[20..22].copy_from_slice(&from.to_be_bytes());
        bytes[22..24].copy_from_slice(&to.to_be_bytes());
        bytes[32] = 8 << 4;
        bytes
    }

    #[test]
    fn data_is_what_lies_behind_both_headers_and_both_directions_are_one_connection() {
        let up = tcp(&packet(40_000, 993, 77)).unwrap();
        let down = tcp(&packet(993, 40_000, 0)).unwrap();
        assert_eq!((up.data, down.data), (77, 0));
        assert_eq!(up.connection, down.connection);
        assert_ne!(up.connection, tcp(&packet(40_001, 993, 1)).unwrap().connection);
    }

    #[test]
    fn what_is_not_tcp_over_ipv4_or_too_short_is_nothing() {
        let mut udp = packet(1, 2, 3);
        udp[9] = 17;
        let mut six = packet(1, 2, 3);
        six[0] = 0x60;
        for bytes in [&udp[..], &six[..], &packet(1, 2, 3)[..30], &[]] {
            assert_eq!(tcp(bytes), None);
        }
    }
}
