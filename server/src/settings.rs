//! Every setting of the programs, in one list: `--help`, the table of the documentation and the check of files are made of it.

use std::{collections::BTreeMap, fmt::Write};

/// A setting: an environment variable, or a line of the file under the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Who reads it: `all`, or some of `api`, `worker`, `cron`, `migrate`.
    pub parts: &'static str,
    /// What holds if it is not set; none if nothing does, `required` if it must be set.
    pub default: &'static str,
    /// What it says.
    pub about: &'static str,
}

const fn of(
    name: &'static str,
    parts: &'static str,
    default: &'static str,
    about: &'static str,
) -> Setting {
    Setting {
        name,
        parts,
        default,
        about,
    }
}

/// The settings.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    of("DATABASE_URL", "all", "required", "the database: postgres://user:password@host/name?sslmode=verify-full"),
    of("DATABASE_CONNECTIONS", "api, worker, cron", "8", "connections of one process; one more listens for messages"),
    of("S3_ENDPOINT_URL", "api, worker, cron", "", "the store as the service reaches it; AWS if there is none"),
    of("S3_PRESIGNING_URL", "api", "S3_ENDPOINT_URL", "the store as users reach it: the address in signed URLs"),
    of("S3_LARGEST_COPY_BYTES", "api, worker", "5368709120", "the largest object that one request copies"),
    of("S3_URL_ROLE_ARN", "api, worker", "", "the role whose sessions sign URLs, so that they end with a membership; for stores with STS"),
    of("S3_URL_SESSION_SECONDS", "api, worker", "3600", "how long such a session lasts: 900 to 43200"),
    of("S3_SUPERSEDED_COLD_DAYS", "api", "0", "days after which versions that newer ones replaced move to a colder class, in new buckets; 0: never"),
    of("AWS_ACCESS_KEY_ID", "api, worker, cron", "", "a key of the store"),
    of("AWS_SECRET_ACCESS_KEY", "api, worker, cron", "", "its secret"),
    of("AWS_REGION", "api, worker, cron", "us-east-1", "the store's region; stores other than AWS take any"),
    of("AWS_ENDPOINT_URL", "api, worker, cron", "", "the address of an emulator of all of AWS, for development"),
    of("JWT_SECRET_KEY", "api", "required", "signs tokens: at least 32 random bytes, the same for all"),
    of("JWT_PREVIOUS_SECRET_KEY", "api", "", "the secret before it, whose tokens are still taken"),
    of("JWT_ACCESS_EXPIRES_SECONDS", "api", "900", "lifetime of access tokens"),
    of("JWT_REFRESH_EXPIRES_SECONDS", "api", "604800", "lifetime of sessions that are not used"),
    of("FIRST_ADMIN_EMAIL", "migrate, api", "", "the administrator that is made if there is none"),
    of("FIRST_ADMIN_PASSWORD", "migrate, api", "", "that administrator's password; without it the log of `migrate` has a link to choose one"),
    of("DIVBASE_ENV", "api", "production", "the kind of installation; `local_dev` and `test` have development routes"),
    of("DIVBASE_LISTEN", "api", "127.0.0.1:8000", "where the API listens; port 0 for a free one"),
    of("DIVBASE_PUBLIC_API_URL", "migrate, api, worker", "", "the address that people have of the API, which ends in `/api`"),
    of("DIVBASE_HEADER_SECONDS", "api", "30", "how long the head of a request may take; then its connection is closed"),
    of("DIVBASE_BODY_SECONDS", "api", "60", "how long the body of a request may take; then it is answered with 408"),
    of("DIVBASE_SHUTDOWN_SECONDS", "api, worker, cron", "30", "how long requests and tasks under way may take after SIGTERM"),
    of("DIVBASE_REGISTRATION", "api", "invitation", "who may make an account: `invitation`, `open`, or domains (`@example.org`)"),
    of("DIVBASE_PROJECT_CREATION", "api", "administrators", "who may make projects: `administrators`, `on-request` (they approve), or `everybody`"),
    of("DIVBASE_PROJECT_VERSIONS", "api", "1000", "versions of a project, unless an administrator says otherwise"),
    of("DIVBASE_PROJECT_FOLDERS", "api", "10000", "folders of a project, likewise"),
    of("DIVBASE_PROJECT_GRACE_DAYS", "api", "30", "days for which the deletion of a project can be taken back: 0 to 365"),
    of("DIVBASE_SSO_PROVIDERS", "api", "", "where people can sign in besides, a JSON list"),
    of("DIVBASE_SSO_SECRETS", "api", "", "what the providers know the service by, a JSON object from their ids"),
    of("DIVBASE_SMTP_URL", "api, worker", "", "the mail relay; without it no mail is sent"),
    of("DIVBASE_MAIL_FROM", "api, worker", "", "the sender of mail"),
    of("DIVBASE_PASSWORD_HASHES", "api", "2", "password hashes at a time, 19 MiB each"),
    of("DIVBASE_REQUESTS_PER_SECOND", "api", "0", "how often one caller may ask one process; 0: any number of times"),
    of("DIVBASE_BUCKET_PREFIX", "api", "divbase-", "how the names of projects' buckets begin"),
    of("DIVBASE_UPLOAD_TYPES", "api", "all", "endings of the files that may be uploaded, with commas between them"),
    of("DIVBASE_OPERATOR_PAGES", "api", "", "where the operator's `contact`, `terms`, `privacy`, `citation` and `faqs` are, a JSON object of addresses"),
    of("DIVBASE_UPLOAD_URL_SECONDS", "api", "3600", "how long the URL of a file that is sent in one piece opens: 60 to 3600"),
    of("DIVBASE_TRANSFER_URL_SECONDS", "api", "36000", "how long URLs of downloads and of parts open: 60 to 604800"),
    of("DIVBASE_WAITING_PER_USER", "api", "5000", "tasks of one user that may wait"),
    of("DIVBASE_WAITING_PER_PROJECT", "api", "10000", "tasks of one project that may wait"),
    of("MINIMUM_CLI_VERSION", "api", "0.1.0", "older clients are asked to upgrade"),
    of("LATEST_CLI_VERSION", "api", "that of the service", "older clients are told of it when they log in"),
    of("QUEUE_TRANSPORT", "api, worker, cron", "postgres", "what carries messages: `postgres`, or `sqs` with the six below"),
    of("QUEUE_QUICK_URL", "api, worker, cron", "", "the SQS queue of quick tasks"),
    of("QUEUE_LONG_URL", "api, worker, cron", "", "the SQS queue of long tasks"),
    of("QUEUE_HEAVY_URL", "api, worker, cron", "", "the SQS queue of heavy tasks"),
    of("QUEUE_QUICK_DEAD_URL", "api, worker, cron", "", "the dead letters of quick tasks"),
    of("QUEUE_LONG_DEAD_URL", "api, worker, cron", "", "the dead letters of long tasks"),
    of("QUEUE_HEAVY_DEAD_URL", "api, worker, cron", "", "the dead letters of heavy tasks"),
    of("DIVBASE_WORKER_LANES", "worker", "quick=4,long=2,heavy=1", "tasks of each queue that run at a time"),
    of("TASK_LEASE_SECONDS", "worker", "30", "a worker that is silent for so long is taken for dead"),
    of("TASK_STRAGGLER_FACTOR", "worker", "4", "how many times the median of its siblings a part of a task may take; 0: any"),
    of("TASK_STRAGGLER_SECONDS", "worker", "60", "how long it may take in any case"),
    of("DIVBASE_HEAVY_WORKERS", "api", "true", "whether anybody runs the queue `heavy`"),
    of("DIVBASE_WINDOW_BYTES", "api, worker", "1500000000", "compressed bytes from which on a query is cut into windows of about so many"),
    of("DIVBASE_COMPOSE_BYTES", "worker", "268435456", "bytes that a query's own task reads and sends to put its windows together; more are left to tasks of their own"),
    of("DIVBASE_WINDOWS", "api, worker", "0", "for tests: into how many windows every query is cut; 0: by its bytes"),
    of("DIVBASE_INDEX_PIECE_BYTES", "worker", "1000000000", "bytes from which on a file is indexed in pieces of about so many"),
    of("DIVBASE_QUERY_MAX_BYTES", "api", "0", "the most compressed bytes that a query may read; 0: any number"),
    of("DIVBASE_WORKER_GB", "api, worker", "2", "memory of a worker, GB, for what history and plans say of costs"),
    of("DIVBASE_PRICE_GB_SECOND", "api, worker", "0.0000133", "US dollars for a second of one of these GB"),
    of("DIVBASE_PRICE_MILLION_READS", "api, worker", "0.4", "US dollars for a million requests to the store for bytes"),
    of("DIVBASE_SAMPLE_GROUPS_FROM", "api, worker", "1000", "files of so many samples get sample groups when a query asks for few of these; 0: none do"),
    of("DIVBASE_SAMPLE_GROUPS_MAX_BYTES", "api, worker", "100000000000", "larger files get no sample groups"),
    of("DIVBASE_BCFTOOLS", "worker", "bcftools", "the program bcftools 1.24"),
    of("DIVBASE_HAS_BCFTOOLS", "api", "true", "whether the workers have it; if not, queries that need it are refused"),
    of("DIVBASE_WORK_DIR", "worker", "the system's", "where running tasks keep files"),
    of("DIVBASE_COMPARE_SECONDS", "cron", "2", "how often buckets with changes under way are compared with the index; 0: never"),
    of("DIVBASE_EVENTS_QUEUE_ARN", "api, worker", "", "the SQS queue that buckets tell of their changes, where there is one"),
    of("DIVBASE_EVENTS_QUEUE_URL", "worker", "", "the same queue's URL"),
    of("DIVBASE_TIME_ZONE", "cron", "Europe/Stockholm", "the time zone of the built-in schedules"),
    of("METRICS_ADDRESS", "api, worker, cron", "", "where `/health`, `/ready` and `/metrics` are answered, such as 0.0.0.0:9464"),
    of("LOG_LEVEL", "all", "info", "a level, or a filter (`info,sqlx=warn`)"),
    of("LOG_FORMAT", "all", "text", "`text` or `json`"),
    of("OTEL_EXPORTER_OTLP_ENDPOINT", "api, worker, cron", "", "where traces are sent"),
    of("OTEL_EXPORTER_OTLP_HEADERS", "api, worker, cron", "", "headers that go with them"),
    of("OTEL_SERVICE_NAME", "api, worker, cron", "divbase-PART", "the name in traces"),
];

/// What holds here and not in functions.
const OWN: [&str; 3] = ["QUEUE_TRANSPORT", "DIVBASE_COMPARE_SECONDS", "DIVBASE_ENV"];

/// The setting of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// Defaults of these programs that differ from those of functions.
#[must_use]
pub fn own_defaults() -> BTreeMap<String, String> {
    OWN.into_iter()
        .filter_map(find)
        .map(|setting| (setting.name.to_owned(), setting.default.to_owned()))
        .collect()
}

/// The list for a terminal.
#[must_use]
pub fn help() -> String {
    let mut text = "Settings, as environment variables or in the file:\n".to_owned();
    for Setting {
        name,
        parts,
        default,
        about,
    } in SETTINGS
    {
        let default = match *default {
            "" => String::new(),
            "required" => "; required".to_owned(),
            default => format!("; default {default}"),
        };
        // Writing to a text does not fail.
        let _ = write!(text, "  {name} ({parts}{default})\n      {about}\n");
    }
    text
}

/// The list as a table in Markdown.
#[must_use]
pub fn table() -> String {
    let mut text = "| setting | read by | default | what |\n|---|---|---|---|\n".to_owned();
    for Setting {
        name,
        parts,
        default,
        about,
    } in SETTINGS
    {
        let default = match *default {
            "" => String::new(),
            "required" => "must be set".to_owned(),
            default => format!("`{default}`"),
        };
        let _ = writeln!(text, "| `{name}` | {parts} | {default} | {about} |");
    }
    text
}
