//! File content in shared pages of 4 KiB, so that a copy of a whole disk costs next to nothing.

use crate::sim::hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes in a page.
pub const PAGE: usize = 4096;

struct Page {
    bytes: [u8; PAGE],
    /// 0 until asked for; images differ in few pages, so their hashes are kept.
    hash: AtomicU64,
}

impl Page {
    fn zeros() -> Self {
        Self { bytes: [0; PAGE], hash: AtomicU64::new(0) }
    }
    fn hash(&self) -> u64 {
        match self.hash.load(Ordering::Relaxed) {
            0 => {
                let h = hash::mix_bytes(0, &self.bytes).max(1);
                self.hash.store(h, Ordering::Relaxed);
                h
            }
            h => h,
        }
    }
}

impl Clone for Page {
    fn clone(&self) -> Self {
        // Copied only to be written to.
        Self { bytes: self.bytes, hash: AtomicU64::new(0) }
    }
}

/// The bytes of one file.
#[derive(Clone, Default)]
pub struct Content {
    pages: Arc<Vec<Arc<Page>>>,
    len: u64,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({} bytes)", self.len)
    }
}

impl Content {
    /// Length in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Copies out what is there from `offset` on; how many bytes that was.
    pub fn read(&self, offset: u64, out: &mut [u8]) -> usize {
        let there = self.len.saturating_sub(offset).min(out.len() as u64) as usize;
        let mut done = 0;
        while done < there {
            let at = offset as usize + done;
            let (page, within) = (at / PAGE, at % PAGE);
            let n = (PAGE - within).min(there - done);
            out[done..done + n].copy_from_slice(&self.pages[page].bytes[within..within + n]);
            done += n;
        }
        there
    }

    /// Writes `data` at `offset`; a gap before it reads as zeros.
    pub fn write(&mut self, offset: u64, data: &[u8]) {
        if data.is_empty() {
            return;
        }
        self.len = self.len.max(offset + data.len() as u64);
        let pages = Arc::make_mut(&mut self.pages);
        fit(pages, self.len);
        let mut done = 0;
        while done < data.len() {
            let at = offset as usize + done;
            let (page, within) = (at / PAGE, at % PAGE);
            let n = (PAGE - within).min(data.len() - done);
            let page = Arc::make_mut(&mut pages[page]);
            page.bytes[within..within + n].copy_from_slice(&data[done..done + n]);
            *page.hash.get_mut() = 0;
            done += n;
        }
    }

    /// Cuts or lengthens with zeros.
    pub fn resize(&mut self, len: u64) {
        let pages = Arc::make_mut(&mut self.pages);
        fit(pages, len);
        let within = len as usize % PAGE;
        if len < self.len
            && within != 0
            && let Some(last) = pages.last_mut()
        {
            let last = Arc::make_mut(last);
            last.bytes[within..].fill(0);
            *last.hash.get_mut() = 0;
        }
        self.len = len;
    }

    /// Everything.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = vec![0; self.len as usize];
        self.read(0, &mut out);
        out
    }

    /// Equal content has equal hashes.
    pub fn hash(&self) -> u64 {
        self.pages.iter().fold(self.len, |h, p| hash::mix(h, p.hash()))
    }
}

fn fit(pages: &mut Vec<Arc<Page>>, len: u64) {
    let wanted = (len as usize).div_ceil(PAGE);
    if pages.len() > wanted {
        pages.truncate(wanted);
    }
    while pages.len() < wanted {
        pages.push(Arc::new(Page::zeros()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_and_a_cut_tail_read_as_zeros() {
        let mut c = Content::default();
        c.write(5000, b"abc");
        assert_eq!(c.len(), 5003);
        let mut out = [9; 4];
        assert_eq!(c.read(4999, &mut out), 4);
        assert_eq!(&out, b"\0abc");
        c.resize(5001);
        c.resize(5003);
        assert_eq!(c.read(5000, &mut out), 3);
        assert_eq!(&out[..3], b"a\0\0");
        assert_eq!(c.read(5003, &mut out), 0);
    }

    #[test]
    fn a_copy_keeps_its_bytes_and_its_hash_when_the_original_is_written() {
        let mut c = Content::default();
        c.write(0, &[7; 10_000]);
        let copy = c.clone();
        let before = copy.hash();
        c.write(9_999, b"x");
        assert_eq!(copy.to_vec(), vec![7; 10_000]);
        assert_eq!(copy.hash(), before);
        assert_ne!(c.hash(), before);
        c.write(9_999, &[7]);
        assert_eq!(c.hash(), before, "equal bytes, equal hash");
    }
}
