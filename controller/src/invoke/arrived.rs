//! A frame as it came.

use engine::frame::Frame;

/// A frame, and the line that it came in: to write that anew would cost far more than to read it.
#[derive(Clone, Debug)]
pub struct Arrived {
    frame: Frame,
    line: Vec<u8>,
}

impl Arrived {
    /// Reads a line, with or without its line feed.
    ///
    /// # Errors
    ///
    /// It holds no frame.
    pub fn read(mut line: Vec<u8>) -> Result<Self, serde_json::Error> {
        while line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(Self { frame: serde_json::from_slice(&line)?, line })
    }

    /// What it says.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// What it says, without the line.
    pub fn into_frame(self) -> Frame {
        self.frame
    }

    /// The line, without a line feed.
    pub fn line(&self) -> &[u8] {
        &self.line
    }
}

/// A frame that did not come in a line gets one.
impl From<Frame> for Arrived {
    fn from(frame: Frame) -> Self {
        let line = serde_json::to_vec(&frame).expect("a frame is valid JSON");
        Self { frame, line }
    }
}
