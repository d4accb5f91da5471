//! A router that can describe its routes. The programs keep no more of them than which there are: what describes them is much code, and
//! what it makes is in `docs/openapi.json`.

use std::{collections::BTreeSet, convert::Infallible};

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

/// Describes the handlers of one path. It is a type of its own for each path, so that of one that is not kept no code is made.
pub(crate) trait Describe: Fn() -> UtoipaMethodRouter<AppState> + 'static {}

impl<F: Fn() -> UtoipaMethodRouter<AppState> + 'static> Describe for F {}

/// What a router keeps of its routes besides the handlers.
pub(crate) trait Describing: Default {
    fn keep(&mut self, path: &str, methods: &[HttpMethod], describe: impl Describe);
    fn extend(&mut self, others: Self);
}

/// How routes are described, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Descriptions(Vec<Box<dyn Fn() -> UtoipaMethodRouter<AppState>>>);

impl Describing for Descriptions {
    fn keep(&mut self, _: &str, _: &[HttpMethod], describe: impl Describe) {
        self.0.push(Box::new(describe));
    }

    fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }
}

/// Which routes there are. Of a router that keeps no more, the description is not part of the program.
#[derive(Clone, Default)]
pub(crate) struct Served(BTreeSet<(String, &'static str)>);

impl Describing for Served {
    fn keep(&mut self, path: &str, methods: &[HttpMethod], _: impl Describe) {
        let named = methods.iter().map(|method| (path.to_owned(), name(method)));
        self.0.extend(named);
    }

    fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }
}

impl Served {
    /// Whether there is a route of this path, as the router writes it, and method, as the document does.
    pub(crate) fn contains(&self, path: &str, method: &str) -> bool {
        let mut all = self.0.iter();
        all.any(|(other, name)| other == path && *name == method)
    }
}

/// How the document writes a method.
const fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "get",
        HttpMethod::Post => "post",
        HttpMethod::Put => "put",
        HttpMethod::Delete => "delete",
        HttpMethod::Options => "options",
        HttpMethod::Head => "head",
        HttpMethod::Patch => "patch",
        HttpMethod::Trace => "trace",
    }
}

/// Routes, and what is kept of them.
pub(crate) struct DescribedRouter<D> {
    router: Router<AppState>,
    kept: D,
}

/// The handlers of one path, made by [`routes!`].
pub(crate) struct Routed<F> {
    pub(crate) path: String,
    pub(crate) handlers: Handlers,
    pub(crate) describe: F,
}

/// Handlers, and the methods that they are for.
#[derive(Default)]
pub(crate) struct Handlers {
    router: MethodRouter<AppState>,
    methods: Vec<HttpMethod>,
}

impl<D: Describing> DescribedRouter<D> {
    pub(crate) fn new() -> Self {
        Self {
            router: Router::new(),
            kept: D::default(),
        }
    }

    /// Adds handlers with `#[utoipa::path]`.
    pub(crate) fn routes<F: Describe>(mut self, routed: Routed<F>) -> Self {
        let Handlers { router, methods } = routed.handlers;
        self.kept.keep(&routed.path, &methods, routed.describe);
        self.router = self.router.route(&routed.path, router);
        self
    }

    /// Adds a route that is not described.
    pub(crate) fn route(mut self, path: &str, methods: MethodRouter<AppState>) -> Self {
        self.router = self.router.route(path, methods);
        self
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.kept.extend(other.kept);
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

    pub(crate) fn into_parts(self) -> (Router<AppState>, D) {
        (self.router, self.kept)
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

impl Handlers {
    /// Adds a handler for methods of the path.
    pub(crate) fn on<H, T>(mut self, methods: Vec<HttpMethod>, handler: H) -> Self
    where
        H: Handler<T, AppState> + Clone,
        T: 'static,
    {
        for method in &methods {
            let filter = method.to_method_filter();
            self.router = self.router.on(filter, handler.clone());
        }
        self.methods.extend(methods);
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
        $crate::described::Routed {
            path: $crate::described::routes!(@path $($module $(:: $name)?),+),
            handlers: $crate::described::Handlers::default()
                $(.on(
                    <$crate::described::routes!(@described $module $(:: $name)?) as ::utoipa::Path>::methods(),
                    $module $(:: $name)?,
                ))+,
            describe: || -> ::utoipa_axum::router::UtoipaMethodRouter<$crate::AppState> {
                ::utoipa_axum::routes!($($module $(:: $name)?),+)
            },
        }
    };
}
pub(crate) use routes;
