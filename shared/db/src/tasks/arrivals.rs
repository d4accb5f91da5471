//! Who waits for messages in the database is told when one comes, over a connection of its own.

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};

use super::messages::CHANNEL;
use crate::{Db, Result};

/// What is heard of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// One has come to this queue, or may be taken again.
    In(String),
    /// The connection was lost and made anew: something may have come meanwhile.
    Perhaps,
    /// The database was closed by this process.
    Closed,
}

/// A connection that hears of messages.
pub struct Arrivals {
    listener: PgListener,
    /// Closed when the program ends; the listener's own pool is not.
    pool: PgPool,
}

impl Db {
    /// Listens from now on.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn arrivals(&self) -> Result<Arrivals> {
        // Of its own: one of the pool would be missed by everybody else.
        let own = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with(PgConnectOptions::clone(&self.pool.connect_options()));
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        Ok(Arrivals {
            listener,
            pool: self.pool.clone(),
        })
    }
}

impl Arrivals {
    /// Waits for the next.
    ///
    /// # Errors
    /// If the connection is lost and cannot be made anew.
    pub async fn next(&mut self) -> Result<Arrival> {
        if self.pool.is_closed() {
            return Ok(Arrival::Closed);
        }
        let closed = self.pool.close_event();
        tokio::select! {
            () = closed => Ok(Arrival::Closed),
            heard = self.listener.try_recv() => Ok(match heard? {
                Some(told) => Arrival::In(told.payload().to_owned()),
                None => Arrival::Perhaps,
            }),
        }
    }
}
