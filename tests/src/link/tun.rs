//! Opens a TUN device inside a network namespace. The only place of the link with `unsafe`: one ioctl.
#![allow(unsafe_code, reason = "TUNSETIFF has no safe wrapper in the crates that are here anyway")]

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;

use rustix::ioctl::{self, Opcode, Setter};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Linux: `_IOW('T', 202, int)`.
const TUNSETIFF: Opcode = 0x4004_54ca;
const IFF_TUN: u16 = 0x0001;
const IFF_NO_PI: u16 = 0x1000;

/// `struct ifreq` as TUNSETIFF reads it: a name and flags, in the size of the whole union.
#[repr(C)]
struct InterfaceRequest {
    name: [u8; 16],
    flags: u16,
    rest: [u8; 22],
}

/// Moves the calling thread into a namespace made by `ip netns add`. Give it a thread of its own.
pub(super) fn enter(namespace: &str) -> io::Result<()> {
    let file = File::open(format!("/run/netns/{namespace}"))?;
    Ok(move_into_link_name_space(std::os::fd::AsFd::as_fd(&file), Some(LinkNameSpaceType::Network))?)
}

/// A new device `t0` in that namespace; each read gives one packet, each write sends one.
pub(super) fn open(namespace: &str) -> io::Result<File> {
    let namespace = namespace.to_owned();
    // The namespace belongs to the thread; the device stays where it was made.
    let opened = std::thread::spawn(move || -> io::Result<File> {
        enter(&namespace)?;
        let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        let file =
            OpenOptions::new().read(true).write(true).custom_flags(nonblocking).open("/dev/net/tun")?;
        let mut name = [0; 16];
        name[..2].copy_from_slice(b"t0");
        let request = InterfaceRequest { name, flags: IFF_TUN | IFF_NO_PI, rest: [0; 22] };
        // SAFETY: TUNSETIFF reads one `struct ifreq` (40 bytes on 64-bit Linux) from the pointer, which `Setter` keeps
        // alive for the call; `InterfaceRequest` has that size and layout. The kernel keeps no reference to it.
        unsafe { ioctl::ioctl(&file, Setter::<{ TUNSETIFF }, InterfaceRequest>::new(request)) }?;
        Ok(file)
    });
    opened.join().map_err(|_| io::Error::other("the thread that opens the device died"))?
}
