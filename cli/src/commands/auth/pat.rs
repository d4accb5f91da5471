//! `auth add-pat`, `rm-pat`, `pat-info`: the personal access token of this device. Never asks the server about it.

use clap::Args;
use divbase_contract::pats::PAT_PREFIX;

use crate::{
    app::App,
    credentials::{now, pat::StoredPat},
    failure::{Failure, Outcome},
    output::{self, style},
};

/// `auth add-pat NAME`
#[derive(Args)]
pub struct AddPatArgs {
    /// A label for you to know it by
    name: String,
    /// When it ends, unix seconds [default: never]
    #[arg(long, short = 'e', value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..))]
    expires: Option<i64>,
    /// Replace the stored token
    #[arg(long, short = 'o')]
    overwrite_existing: bool,
}

pub(super) fn add(args: AddPatArgs, app: &App) -> Outcome {
    let place = &app.settings.stored_pat;
    if let (Some(stored), false) = (StoredPat::load(place)?, args.overwrite_existing) {
        return Err(Failure::Auth(format!(
            "a personal access token is already stored on this device (name: {}, expires: {}). \
             Replace it with `--overwrite-existing`.",
            stored.name,
            stored.end()
        )));
    }
    if args.expires.is_some_and(|end| end <= now()) {
        return Err(Failure::Auth(
            "the time given with --expires is in the past; it is counted in seconds since 1970."
                .to_owned(),
        ));
    }
    let pat = output::secret("Enter your personal access token")?
        .trim()
        .to_owned();
    if !pat.starts_with(PAT_PREFIX) {
        return Err(Failure::Auth(format!(
            "this is not a personal access token: one begins with `{PAT_PREFIX}`. Make one with `divbase-cli auth pat create`."
        )));
    }
    let stored = StoredPat {
        name: args.name,
        pat_expires_at: args.expires,
        pat,
    };
    stored.save(place)?;
    output::done!(
        "Personal access token '{}' stored successfully.",
        output::name(&stored.name)
    )
}

pub(super) fn remove(app: &App) -> Outcome {
    let place = &app.settings.stored_pat;
    place.delete().map_err(Failure::doing(
        "could not delete the token from this device",
    ))?;
    output::line("Personal access token removed from this device.")
}

pub(super) fn info(app: &App) -> Outcome {
    let Some(stored) = StoredPat::load(&app.settings.stored_pat)? else {
        return output::line("No personal access token stored on this device.");
    };
    output::line!("Name: {}", output::name(&stored.name))?;
    output::line!("Expires: {}", stored.end())?;
    if stored.expired() {
        output::line(&style::red(
            "This token has expired. Make a new one with `divbase-cli auth pat create` and store it with \
             `divbase-cli auth add-pat NAME --overwrite-existing`.",
        ))?;
    }
    Ok(())
}
