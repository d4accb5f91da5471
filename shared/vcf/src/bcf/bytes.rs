//! Bytes of a record, each taken only if it is there, and the typed values among them (VCF 4.5 §6.3.3).

/// Why a value cannot be read.
pub(super) type Fault = &'static str;

const CUT: Fault = "it ends inside a value";

/// What has not been read yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a>(pub &'a [u8]);

/// How values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No value at all.
    Null,
    Int8,
    Int16,
    Int32,
    Float,
    Char,
}

/// A vector of values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed<'a> {
    pub kind: Kind,
    pub count: usize,
    pub data: &'a [u8],
}

impl Kind {
    fn parse(code: u8) -> Result<Self, Fault> {
        Ok(match code {
            0 => Self::Null,
            1 => Self::Int8,
            2 => Self::Int16,
            3 => Self::Int32,
            5 => Self::Float,
            7 => Self::Char,
            _ => return Err("a value has an unknown type"),
        })
    }

    /// Bytes of one value.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Null => 0,
            Self::Int8 | Self::Char => 1,
            Self::Int16 => 2,
            Self::Int32 | Self::Float => 4,
        }
    }

    pub(super) fn is_integer(self) -> bool {
        matches!(self, Self::Int8 | Self::Int16 | Self::Int32)
    }
}

impl<'a> Bytes<'a> {
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(CUT)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(CUT)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, Fault> {
        self.array().map(i32::from_le_bytes)
    }

    pub(super) fn f32(&mut self) -> Result<f32, Fault> {
        self.array().map(f32::from_le_bytes)
    }

    /// The type of what follows, and how many values there are.
    pub(super) fn descriptor(&mut self) -> Result<(Kind, usize), Fault> {
        let [byte] = self.array()?;
        let kind = Kind::parse(byte & 15)?;
        let count = match byte >> 4 {
            15 => usize::try_from(self.integer()?).map_err(|_| "a vector has a negative length")?,
            count => usize::from(count),
        };
        Ok((kind, count))
    }

    /// One typed integer, as keys and lengths are stored.
    pub(super) fn integer(&mut self) -> Result<i32, Fault> {
        let [byte] = self.array()?;
        match byte {
            0x11 => self
                .array()
                .map(|bytes| i32::from(i8::from_le_bytes(bytes))),
            0x12 => self
                .array()
                .map(|bytes| i32::from(i16::from_le_bytes(bytes))),
            0x13 => self.i32(),
            _ => Err("a key or length is not one integer"),
        }
    }

    /// A vector of values.
    pub(super) fn typed(&mut self) -> Result<Typed<'a>, Fault> {
        let (kind, count) = self.descriptor()?;
        let length = count.checked_mul(kind.size()).ok_or(CUT)?;
        let data = self.take(length)?;
        Ok(Typed { kind, count, data })
    }

    /// A text. An empty one may be stored as no value.
    pub(super) fn text(&mut self) -> Result<&'a [u8], Fault> {
        let typed = self.typed()?;
        match typed.kind {
            Kind::Char => text(typed.data),
            _ if typed.count == 0 || typed.kind == Kind::Null => Ok(b""),
            _ => Err("it is not a text"),
        }
    }
}

/// Characters up to the first zero byte.
///
/// # Errors
/// If they cannot stand in a column of text.
pub(super) fn text(data: &[u8]) -> Result<&[u8], Fault> {
    let end = memchr::memchr(0, data).unwrap_or(data.len());
    printable(&data[..end])
}

/// The text itself, if it can stand in a column.
pub(super) fn printable(text: &[u8]) -> Result<&[u8], Fault> {
    match memchr::memchr3(b'\t', b'\n', b'\r', text) {
        None => Ok(text),
        Some(_) => Err("a text holds a tab or a line end"),
    }
}

/// Where a text stands, which says what would end it in VCF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// Values of INFO end with a semicolon (VCF 4.5 §1.6.1).
    Info,
    /// Values of samples end with a colon (VCF 4.5 §1.6.2).
    Format,
    /// Alleles end with a comma (VCF 4.5 §1.6.1).
    Alleles,
}

/// Refuses text that holds what would end it: printed, it would be read as something else.
pub(super) fn unbroken(text: &[u8], within: Within) -> Result<(), Fault> {
    let (end, fault) = match within {
        Within::Info => (b';', "a text holds a semicolon, which ends values in VCF"),
        Within::Format => (b':', "a text holds a colon, which ends values in VCF"),
        Within::Alleles => (b',', "an allele holds a comma, which ends alleles in VCF"),
    };
    match memchr::memchr(end, text) {
        None => Ok(()),
        Some(_) => Err(fault),
    }
}
