//! Classes of failures of tasks, as history shows them in `exc_type`.

macro_rules! classes {
    ($($(#[$doc:meta])* $class:ident = $name:literal,)*) => {
        /// Why a task failed. The name is stable; it is that of the Python server where it has one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FailureClass {
            $($(#[$doc])* $class,)*
        }

        impl FailureClass {
            /// All classes.
            pub const ALL: &[Self] = &[$(Self::$class,)*];

            /// The name on the wire and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$class => $name,)*
                }
            }
        }
    };
}

classes! {
    /// A mistake of the user's without a class of its own.
    TaskUser = "TaskUserError",
    /// The index of the project has no VCF file.
    NoDimensions = "VCFDimensionsEntryMissingError",
    /// The project has no VCF file.
    NoVcfFiles = "NoVCFFilesFoundError",
    /// VCF files of the project cannot be used.
    InvalidVcfFiles = "VCFFilesInvalidError",
    /// Command and files do not go together.
    BcftoolsCommand = "BcftoolsCommandError",
    /// The project has no such version, or has deleted it.
    ProjectVersionNotFound = "ProjectVersionNotFoundError",
    /// A file is not in the project.
    ObjectDoesNotExist = "ObjectDoesNotExistError",
    /// A metadata table cannot be read.
    TableUnreadable = "SidecarNoDataLoadedError",
    /// A metadata table, or a filter, names a column that is not there.
    TableColumn = "SidecarColumnNotFoundError",
    /// The sample names of a metadata table are faulty.
    TableSamples = "SidecarSampleIDError",
    /// The values of a metadata table are faulty.
    TableFormat = "SidecarMetadataFormatError",
    /// A metadata filter cannot be understood.
    TableFilter = "SidecarInvalidFilterError",
    /// Samples of a metadata table are numbers, which the Python server refuses.
    TableValidation = "ValidationError",
    /// The task took longer than it may.
    TimeLimit = "TimeLimitExceeded",
    /// The task was never run in the days that it has.
    Stuck = "StuckTaskError",
    /// Its workers were lost, each time.
    WorkerLost = "WorkerLostError",
    /// No worker knows the task.
    UnknownTask = "UnknownTaskError",
    /// The stored arguments are not those of the task.
    Arguments = "InvalidTaskArguments",
    /// A part of the service did not answer.
    ServiceUnavailable = "ServiceUnavailable",
    /// The service made an error.
    Internal = "InternalError",
}

impl FailureClass {
    /// The class of this name; none of ours in a row that another program wrote.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|class| class.as_str() == name)
    }

    /// Whether the service is the cause, so that the same call may succeed later.
    #[must_use]
    pub const fn is_fault_of_service(self) -> bool {
        matches!(
            self,
            Self::Internal | Self::ServiceUnavailable | Self::WorkerLost
        )
    }
}
