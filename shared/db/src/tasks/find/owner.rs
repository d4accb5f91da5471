//! Whose tasks are looked for: a condition on the user or the project.

use sqlx::{Postgres, QueryBuilder};

/// A user or a project, by number or by name.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    Number(i64),
    Name(&'a str),
}

/// A column that says whose a task is, how a lane is ordered by it, and where the owner of a name is found.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) column: &'static str,
    pub(super) order: &'static str,
    by_name: &'static str,
}

/// The user who submitted it.
pub(super) const USER: Owner = Owner {
    column: "t.user_id",
    order: "t.user_id DESC, t.id DESC",
    by_name: "(SELECT id FROM app_user WHERE email = ",
};
/// The project it works on.
pub(super) const PROJECT: Owner = Owner {
    column: "t.project_id",
    order: "t.project_id DESC, t.id DESC",
    by_name: "(SELECT id FROM project WHERE name = ",
};

fn push_number(sql: &mut QueryBuilder<Postgres>, owner: Owner, who: Who<'_>) {
    match who {
        Who::Number(id) => sql.push_bind(id),
        Who::Name(name) => sql.push(owner.by_name).push_bind(name.to_owned()).push(")"),
    };
}

/// The owner's tasks.
pub(super) fn push_owner(sql: &mut QueryBuilder<Postgres>, owner: Owner, who: Who<'_>) {
    sql.push(format_args!(" AND {} = ", owner.column));
    push_number(sql, owner, who);
}

/// The owner's tasks with numbers below `before`, as a range of owner and number.
pub(super) fn push_below(
    sql: &mut QueryBuilder<Postgres>,
    owner: Owner,
    who: Who<'_>,
    before: i64,
) {
    sql.push(format_args!(" AND ({}, t.id) < (", owner.column));
    push_number(sql, owner, who);
    sql.push(", ").push_bind(before);
    sql.push(format_args!(") AND {} >= ", owner.column));
    push_number(sql, owner, who);
}
