//! A router that can describe its routes, and does so only when it is asked to: describing all of them takes longer than
//! a function's whole start, and hardly any caller wants to know.

use std::convert::Infallible;

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    response::IntoResponse,
    routing::{MethodRouter, Route},
};
use tower::{Layer, Service};
use utoipa::openapi::{HttpMethod, OpenApi};
use utoipa_axum::{
    PathItemExt,
    router::{OpenApiRouter, UtoipaMethodRouter},
};

use crate::AppState;

/// Describes the handlers of one path.
type Describe = fn() -> UtoipaMethodRouter<AppState>;

/// Routes, and how they are described.
#[derive(Default)]
pub(crate) struct DescribedRouter {
    router: Router<AppState>,
    descriptions: Descriptions,
}

/// How routes are described, in the order in which they were added.
#[derive(Clone, Default)]
pub(crate) struct Descriptions(Vec<Describe>);

/// The handlers of one path, made by [`routes!`].
pub(crate) struct Routed {
    path: String,
    methods: MethodRouter<AppState>,
    describe: Describe,
}

impl DescribedRouter {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds handlers with `#[utoipa::path]`.
    pub(crate) fn routes(mut self, routed: Routed) -> Self {
        self.router = self.router.route(&routed.path, routed.methods);
        self.descriptions.0.push(routed.describe);
        self
    }

    /// Adds a route that is not described.
    pub(crate) fn route(mut self, path: &str, methods: MethodRouter<AppState>) -> Self {
        self.router = self.router.route(path, methods);
        self
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.descriptions.0.extend(other.descriptions.0);
        self
    }

    /// Puts a layer around the routes that are there so far.
    pub(crate) fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.router = self.router.layer(layer);
        self
    }

    pub(crate) fn into_parts(self) -> (Router<AppState>, Descriptions) {
        (self.router, self.descriptions)
    }
}

impl Descriptions {
    /// The document of the routes.
    pub(crate) fn document(&self) -> OpenApi {
        let described = self
            .0
            .iter()
            .fold(OpenApiRouter::new(), |router, describe| {
                router.routes(describe())
            });
        described.into_openapi()
    }
}

impl Routed {
    pub(crate) fn new(path: String, describe: Describe) -> Self {
        Self {
            path,
            methods: MethodRouter::new(),
            describe,
        }
    }

    /// Adds a handler for methods of the path.
    pub(crate) fn on<H, T>(mut self, methods: Vec<HttpMethod>, handler: H) -> Self
    where
        H: Handler<T, AppState> + Clone,
        T: 'static,
    {
        for method in methods {
            let methods = self.methods;
            self.methods = methods.on(method.to_method_filter(), handler.clone());
        }
        self
    }
}

/// `routes!(module::handler, module::other)`: handlers of one path, each with `#[utoipa::path]`.
macro_rules! routes {
    (@described $name:ident) => { ::utoipa_axum::paste! { [<__path_ $name>] } };
    (@described $module:ident :: $name:ident) => {
        ::utoipa_axum::paste! { $module::[<__path_ $name>] }
    };
    (@path $module:ident $(:: $name:ident)? $(, $more:ident $(:: $other:ident)?)*) => {
        <$crate::described::routes!(@described $module $(:: $name)?) as ::utoipa::Path>::path()
    };
    ($($module:ident $(:: $name:ident)?),+ $(,)?) => {
        $crate::described::Routed::new(
            $crate::described::routes!(@path $($module $(:: $name)?),+),
            || ::utoipa_axum::routes!($($module $(:: $name)?),+),
        )
        $(.on(
            <$crate::described::routes!(@described $module $(:: $name)?) as ::utoipa::Path>::methods(),
            $module $(:: $name)?,
        ))+
    };
}
pub(crate) use routes;
