//! Counts points, keeps the trace of a run, and says at each point whether the fault is now.

use crate::sim::clock::SimClock;
use crate::sim::fault::{Fault, Kind, Point};
use crate::sim::hash;
use std::sync::Arc;

/// A run that passes so many points does not end by itself.
const ENDLESS: u64 = 500_000;

/// Why a call of the simulated device failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// The process was killed or the power is gone: nothing has an effect any more.
    Dead,
    /// EIO.
    Io,
    /// ENOSPC.
    Full,
    /// EMFILE.
    Handles,
    /// There is no such file or directory.
    NotFound,
    /// The connection broke.
    Cut,
}

/// One fault, and the point at which it happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Number of the point, from 1; of the read or opening where the fault counts these.
    pub point: u64,
    /// What goes wrong.
    pub fault: Fault,
}

/// What a point is allowed to do.
pub(crate) enum Verdict {
    Go,
    Fail(Trouble),
    /// Half of the bytes are written, then there is no space.
    HalfThenFull,
    /// The sync fails and the dirty pages are forgotten.
    DropThenIo,
}

#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) count: u64,
    pub(crate) trace: u64,
    recent: [Option<Point>; 4],
    /// All points, if they are wanted.
    pub(crate) log: Option<Vec<Point>>,
    /// Reads from the disk.
    pub(crate) reads: u64,
    /// Openings of files.
    pub(crate) opens: u64,
    plan: Option<Plan>,
    sticky: Option<Fault>,
    pub(crate) dead: bool,
    /// Whether the planned fault came up.
    pub(crate) hit: bool,
    pub(crate) endless: bool,
    pub(crate) clock: Option<Arc<SimClock>>,
}

impl Meter {
    pub(crate) fn new(plan: Option<Plan>) -> Self {
        Self { plan, ..Self::default() }
    }

    /// Whether calls that are no points of their own work.
    pub(crate) fn usable(&self, makes_a_file: bool) -> Result<(), Trouble> {
        match self.sticky {
            _ if self.dead => Err(Trouble::Dead),
            Some(Fault::IoSticky) if makes_a_file => Err(Trouble::Io),
            Some(Fault::FullSticky) if makes_a_file => Err(Trouble::Full),
            _ => Ok(()),
        }
    }

    /// Counts a read.
    pub(crate) fn read(&mut self) -> Result<(), Trouble> {
        self.usable(false)?;
        self.reads += 1;
        self.nth(Fault::Read, self.reads).map_or(Ok(()), |()| Err(Trouble::Io))
    }

    /// Counts the opening of a file.
    pub(crate) fn open(&mut self) -> Result<(), Trouble> {
        self.usable(false)?;
        self.opens += 1;
        self.nth(Fault::Handles, self.opens).map_or(Ok(()), |()| Err(Trouble::Handles))
    }

    fn nth(&mut self, fault: Fault, n: u64) -> Option<()> {
        let now = self.plan == Some(Plan { point: n, fault });
        self.hit |= now;
        now.then_some(())
    }

    /// Counts a point, before its effect.
    pub(crate) fn pass(&mut self, kind: Kind, what: &Arc<str>, at: u64, len: u64) -> Verdict {
        if self.dead {
            return Verdict::Fail(Trouble::Dead);
        }
        self.count += 1;
        let point = Point { number: self.count, kind, what: what.clone(), at, len };
        self.note(point);
        if self.count > ENDLESS {
            self.endless = true;
            self.dead = true;
            return Verdict::Fail(Trouble::Dead);
        }
        match self.plan {
            Some(plan) if plan.point == self.count && plan.fault.fits(kind) => {
                self.hit = true;
                self.strike(plan.fault)
            }
            _ => self.stuck(kind),
        }
    }

    fn note(&mut self, point: Point) {
        let tick = self.clock.as_ref().map_or(0, |c| c.tick());
        let what = hash::mix_bytes(self.trace, point.what.as_bytes());
        self.trace =
            [point.kind as u64, point.at, point.len, tick].iter().fold(what, |h, w| hash::mix(h, *w));
        if let Some(log) = &mut self.log {
            log.push(point.clone());
        }
        let place = (self.count % 4) as usize;
        self.recent[place] = Some(point);
    }

    fn strike(&mut self, fault: Fault) -> Verdict {
        match fault {
            Fault::Stop | Fault::Power(_) => {
                self.dead = true;
                Verdict::Fail(Trouble::Dead)
            }
            Fault::Io => Verdict::Fail(Trouble::Io),
            Fault::IoDrop => Verdict::DropThenIo,
            Fault::Full => Verdict::HalfThenFull,
            Fault::Cut => Verdict::Fail(Trouble::Cut),
            // These fit no point.
            Fault::Read | Fault::Handles => Verdict::Go,
            Fault::IoSticky => {
                self.sticky = Some(fault);
                Verdict::Fail(Trouble::Io)
            }
            Fault::FullSticky => {
                self.sticky = Some(fault);
                Verdict::HalfThenFull
            }
        }
    }

    fn stuck(&self, kind: Kind) -> Verdict {
        match self.sticky {
            Some(fault) if !fault.fits(kind) => Verdict::Go,
            Some(Fault::IoSticky) => Verdict::Fail(Trouble::Io),
            Some(Fault::FullSticky) => Verdict::Fail(Trouble::Full),
            _ => Verdict::Go,
        }
    }

    /// The last four points, oldest first.
    pub(crate) fn recent(&self) -> Vec<Point> {
        let mut recent: Vec<Point> = self.recent.iter().flatten().cloned().collect();
        recent.sort_by_key(|p| p.number);
        recent
    }
}
