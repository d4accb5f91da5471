//! Values that are taken.

use serde_json::{Value, json};

/// A body of this schema that is taken, where the bounds alone do not say what that is.
pub(super) fn known(schema: &str) -> Value {
    match schema {
        "NewSchedule" => {
            json!({"key": "sweep", "task_name": "cron_tasks.cleanup_old_jwts_and_pats",
            "kwargs": {}, "interval_seconds": 86_400, "enabled": false})
        }
        "ScheduleChange" => json!({"enabled": false}),
        "CreateProject" => json!({"name": "salmon", "bucket_name": "salmon-bucket",
            "storage_quota_bytes": 1}),
        "CreateUser" => {
            json!({"name": "Anna Ek", "email": "anna@example.org", "organisation": "Institute",
            "organisation_role": "Researcher", "password": "a long password", "confirm_password": "a long password"})
        }
        "NewUser" => {
            json!({"name": "Anna Ek", "email": "anna.ek@example.org", "organisation": "Institute",
            "organisation_role": "Researcher", "password": "heron lake fog 71"})
        }
        "NewProject" => json!({"name": "trout"}),
        "NewAnnouncement" => json!({"heading": "Maintenance"}),
        "NewProjectRequest" => json!({"name": "salmon", "reason": "a study"}),
        "DeclineRequest" => json!({"answer": "no"}),
        "DeleteProject" => json!({"confirm": "another"}),
        "NewInvitation" => json!({"email": "guest@example.org"}),
        "NewMember" => json!({"email": "nobody@example.org", "role": "read"}),
        "Transfer" => json!({"email": "nobody@example.org", "keep": "read"}),
        "RoleChange" => json!({"role": "read"}),
        "NewPat" => json!({"name": "laptop", "expires_in_days": 7, "all_projects": true}),
        "AcceptInvitation" => {
            json!({"token": "no-such-token", "name": "Anna Ek", "organisation": "Institute",
            "organisation_role": "Researcher", "password": "heron lake fog 71"})
        }
        "ForgotPassword" => json!({"email": "nobody@example.org"}),
        "Register" => {
            json!({"email": "nobody@example.org", "name": "Anna Ek", "organisation": "Institute",
            "organisation_role": "Researcher", "password": "heron lake fog 71"})
        }
        "DeviceRequest" => json!({"client_id": "a program"}),
        "DeviceTokenRequest" => {
            json!({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "no-such-code"})
        }
        "BeginSecondFactor" => json!({"password": "not the one"}),
        "ProveSecondFactor" => json!({"code": "000000"}),
        "ConfirmEmail" => json!({"token": "no-such-token", "password": "not the one"}),
        "ChangeEmail" => json!({"email": "nobody@example.org", "password": "not the one"}),
        "DeleteAccount" => json!({"password": "not the one"}),
        "ResetPassword" => json!({"token": "no-such-token", "password": "heron lake fog 71"}),
        "ChangePassword" => {
            json!({"current_password": "not the one", "new_password": "heron lake fog 71"})
        }
        "BulkRequest" => json!({"filter": {"status": "FAILURE"}}),
        "QueueChange" => json!({"paused": false}),
        "LimitsChange" => json!({"running_per_user": 50}),
        "LetterChoice" => json!({"letters": ["no-such-letter"]}),
        "QueueSwitch" => json!({"is_closed": false}),
        "VcfQueryRequest" => {
            json!({"command": "view -r 1:1-10", "all_samples": true, "dry_run": true})
        }
        "BcftoolsPipeRequest" => {
            json!({"command": "view -r 1:1-10", "metadata_tsv_name": "table.tsv"})
        }
        "MetadataQueryRequest" => {
            json!({"tsv_filter": "Area:North", "metadata_tsv_name": "table.tsv"})
        }
        "AddVersion" => json!({"name": "v2"}),
        "UpdateVersion" => json!({"version_name": "v1", "new_description": "the first"}),
        "DeleteVersion" | "NamedVersion" => json!({"version_name": "no such version"}),
        "ListRequest" | "DeletedRequest" => json!({}),
        "MakeFolders" => json!({"directories": ["folder"]}),
        "CreateUpload" => json!({"name": "a.tsv", "content_length": 1}),
        "PartUrlsRequest" => json!({"name": "a.tsv", "upload_id": "u", "parts_range_start": 1,
            "parts_range_end": 1, "md5_checksums": ["1B2M2Y8AsgTpgAmY7PhCfg=="]}),
        "CompleteUpload" => json!({"name": "a.tsv", "upload_id": "u",
            "parts": [{"part_number": 1, "etag": "d41d8cd98f00b204e9800998ecf8427e"}]}),
        "AbortUpload" | "PartsRequest" => json!({"name": "a.tsv", "upload_id": "u"}),
        "CopyRequest" => json!({"from": "table.tsv", "to": "copy.tsv"}),
        "MoveRequest" => json!({"from": "absent.tsv", "to": "moved.tsv"}),
        "PurgeRequest" => json!({"name": "table.tsv", "version_id": "none"}),
        "DownloadRequest" => json!({"name": "table.tsv"}),
        "NewShareLink" => json!({"path": "shared/"}),
        "Visibility" => json!({"is_public": false}),
        "NewReference" => json!({"mode": "files"}),
        "NewAliases" => json!({"aliases": [{"alias": "1", "name": "chr1"}]}),
        "TicketRequest" => json!({"format": "VCF",
            "regions": [{"referenceName": "1", "start": 0, "end": 9}]}),
        "UploadRequest" => json!({"name": "a.tsv", "content_length": 1}),
        "RefreshRequest" => json!({"refresh_token": "no.such.token"}),
        "LoginForm" => {
            json!({"username": "linnea@example.org", "password": "x", "grant_type": "password"})
        }
        _ => json!({}),
    }
}

/// A good value of a parameter.
pub(super) fn good(name: &str) -> &str {
    match name {
        "project_name" => "herring",
        "project_id" => "1",
        "user_email" | "email_to" => "admin@example.org",
        "role" => "read",
        "key" => "sweep",
        "queue" => "quick",
        "object_name" => "table.tsv",
        "version_name" | "from" => "v1",
        "path" => "table.tsv",
        "object_id" => "herring~~table.tsv~~none",
        "access_id" => "https",
        "index_format" => "csi",
        "name" | "token" => "x",
        _ => "",
    }
}
