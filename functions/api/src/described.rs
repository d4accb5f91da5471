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

/// Describes the handlers of one path.
type Describe = fn() -> UtoipaMethodRouter<AppState>;

/// What a router keeps of its routes besides the handlers.
pub(crate) trait Describing: Default {
    fn keep(&mut self, path: &str, methods: Vec<HttpMethod>, describe: Describe);
    fn extend(&mut self, others: Self);
}

/// How routes are described, in the order in which they were added.
#[derive(Clone, Default)]
pub(crate) struct Descriptions(Vec<Describe>);

impl Describing for Descriptions {
    fn keep(&mut self, _: &str, _: Vec<HttpMethod>, describe: Describe) {
        self.0.push(describe);
    }

    fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }
}

/// Which routes there are. Of a router that keeps no more, the description is not part of the program.
#[derive(Clone, Default)]
pub(crate) struct Served(BTreeSet<(String, &'static str)>);

impl Describing for Served {
    fn keep(&mut self, path: &str, methods: Vec<HttpMethod>, _: Describe) {
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
pub(crate) struct Routed {
    path: String,
    methods: MethodRouter<AppState>,
    named: Vec<HttpMethod>,
    describe: Describe,
}

impl<D: Describing> DescribedRouter<D> {
    pub(crate) fn new() -> Self {
        Self {
            router: Router::new(),
            kept: D::default(),
        }
    }

    /// Adds handlers with `#[utoipa::path]`.
    // Inlined, so that what is not kept is not there.
    #[inline(always)]
    pub(crate) fn routes(mut self, routed: Routed) -> Self {
        self.kept.keep(&routed.path, routed.named, routed.describe);
        self.router = self.router.route(&routed.path, routed.methods);
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

impl Routed {
    pub(crate) fn new(path: String, describe: Describe) -> Self {
        Self {
            path,
            methods: MethodRouter::new(),
            named: Vec::new(),
            describe,
        }
    }

    /// Adds a handler for methods of the path.
    pub(crate) fn on<H, T>(mut self, methods: Vec<HttpMethod>, handler: H) -> Self
    where
        H: Handler<T, AppState> + Clone,
        T: 'static,
    {
        for method in &methods {
            let methods = self.methods;
            self.methods = methods.on(method.to_method_filter(), handler.clone());
        }
        self.named.extend(methods);
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
