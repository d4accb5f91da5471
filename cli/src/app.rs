//! What every command starts from: settings, configuration, and the way to a server.

use crate::{
    config_file::ConfigFile,
    failure::Outcome,
    http::api::Api,
    project::{self, Target},
    settings::Settings,
};

/// The program's surroundings.
pub struct App {
    /// What the environment says.
    pub settings: Settings,
}

/// A project with the way to its server.
pub struct ProjectApi {
    /// Its name.
    pub project: String,
    /// The server.
    pub api: Api,
}

impl App {
    /// The configuration.
    ///
    /// # Errors
    /// If the file cannot be understood.
    pub fn config(&self) -> Outcome<ConfigFile> {
        ConfigFile::load(&self.settings.config_path)
    }

    /// Writes the configuration.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, config: &ConfigFile) -> Outcome {
        config.save(&self.settings.config_path)
    }

    /// The project that was named, or the default one.
    ///
    /// # Errors
    /// If there is none, or no credentials for it.
    pub fn project(&self, given: Option<&str>) -> Outcome<ProjectApi> {
        let Target { project, base_url } =
            project::resolve(given, &self.config()?, &self.settings)?;
        let api = Api::new(&base_url, &self.settings)?;
        Ok(ProjectApi { project, api })
    }

    /// The server that we are logged in to.
    ///
    /// # Errors
    /// If there is none.
    pub fn server(&self) -> Outcome<Api> {
        Api::new(
            &project::server(&self.config()?, &self.settings)?,
            &self.settings,
        )
    }
}
