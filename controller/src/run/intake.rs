//! Where what arrives of a run goes.

use engine::frame::Frame;

use crate::{
    emitter::Emitter,
    invoke::Arrived,
    run_folder::{Journal, RunFolderError},
    totals::Totals,
};

/// Where what arrives of a run goes: first onto the disk, then into the totals; and to those whom
/// the controller tells.
pub struct Intake {
    /// The folder's files.
    pub(super) journal: Journal,
    /// Who is told.
    pub(super) emitter: Emitter,
    /// The merge of all.
    pub totals: Totals,
}

impl Intake {
    /// Nothing has arrived.
    pub fn new(journal: Journal, emitter: Emitter) -> Self {
        Self { journal, emitter, totals: Totals::default() }
    }

    /// Takes in a frame.
    pub(super) fn frame(&mut self, arrived: Arrived) -> Result<(), RunFolderError> {
        self.journal.frame(&arrived)?;
        let frame: Frame = arrived.into_frame();
        if !self.totals.has(&frame) {
            self.emitter.hear(&frame);
        }
        self.totals.absorb(frame);
        Ok(())
    }
}
