//! The pages: what people see who come with a browser. A page is one file with its template beside it and a line here.
//!
//! Pages work with the same extractors as the JSON routes, and do what they do by calling the functions behind those: a
//! form's fields become the type of the JSON route, and its refusal the text above the form. [`around`] turns the
//! session's cookie into a caller, checks that a form is ours, and words errors.

mod about;
mod accept_invitation;
mod admin_announcements;
mod admin_audit;
mod admin_letters;
mod admin_now;
mod admin_projects;
mod admin_requests;
mod admin_schedules;
mod admin_tasks;
mod admin_users;
mod api_docs;
mod around;
mod asked;
mod assets;
mod audit;
mod browse;
mod cookies;
mod csrf;
mod device;
mod error;
mod fields;
mod file;
mod files;
mod flash;
mod forgot_password;
mod frame;
mod head;
mod help;
mod home;
mod identities;
mod login;
mod login_code;
mod logout;
mod map;
mod members;
mod not_found;
mod outside;
mod pats;
mod pictures;
mod preview;
mod profile;
mod project;
mod project_requests;
mod projects;
mod qr;
mod query;
mod query_words;
mod register;
mod reset_password;
mod respond;
mod samples;
mod second_factor;
mod session;
mod settings;
mod sharing;
mod show;
mod sso;
mod task;
mod tasks;
mod theme;
mod token;
mod upload;
mod uploads;
mod variants;
mod verify_email;
mod versions;

use axum::{Router, middleware::from_fn_with_state};

pub(crate) use around::policy;
pub(crate) use files::Listing;
pub(crate) use not_found::not_found;

use crate::AppState;

/// All pages and what they load.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .merge(home::routes())
        .merge(about::routes())
        .merge(api_docs::routes())
        .merge(help::routes())
        .merge(login::routes())
        .merge(login_code::routes())
        .merge(sso::routes())
        .merge(device::routes())
        .merge(logout::routes())
        .merge(register::routes())
        .merge(verify_email::routes())
        .merge(forgot_password::routes())
        .merge(reset_password::routes())
        .merge(accept_invitation::routes())
        .merge(theme::routes())
        .merge(profile::routes())
        .merge(second_factor::routes())
        .merge(identities::routes())
        .merge(pats::routes())
        .merge(projects::routes())
        .merge(project_requests::routes())
        .merge(project::routes())
        .merge(members::routes())
        .merge(audit::routes())
        .merge(sharing::routes())
        .merge(settings::routes())
        .merge(outside::routes())
        .merge(files::routes())
        .merge(versions::routes())
        .merge(file::routes())
        .merge(browse::routes())
        .merge(tasks::routes())
        .merge(task::routes())
        .merge(samples::routes())
        .merge(variants::routes())
        .merge(upload::routes())
        .merge(uploads::routes())
        .merge(query::routes())
        .merge(admin_now::routes())
        .merge(admin_tasks::routes())
        .merge(admin_letters::routes())
        .merge(admin_requests::routes())
        .merge(admin_schedules::routes())
        .merge(admin_users::routes())
        .merge(admin_projects::routes())
        .merge(admin_announcements::routes())
        .merge(admin_audit::routes())
        .layer(from_fn_with_state(state.clone(), around::around))
        .merge(assets::routes())
}
