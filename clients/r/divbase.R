# Asks DivBase from R 4.1 or newer over HTTP (package httr2; to read the answer: vcfR or data.table).
# DIVBASE_API_URL ends in /api; DIVBASE_API_PAT is a personal access token.
library(httr2)

api <- function(...) {
  request(paste(c(Sys.getenv("DIVBASE_API_URL"), "v1", ...), collapse = "/")) |>
    req_auth_bearer_token(Sys.getenv("DIVBASE_API_PAT")) |>
    req_retry(max_tries = 3)
}

samples <- function(project, filter, table) {
  answer <- api("query/sample-metadata/projects", project) |>
    req_body_json(list(tsv_filter = filter, metadata_tsv_name = table)) |>
    req_perform() |>
    resp_body_json()
  unlist(answer$unique_sample_ids)
}

# Names a submission: if it is sent again, its task is begun once.
idempotency_key <- function() paste0("r-", format(Sys.time(), "%Y%m%d%H%M%OS6"), "-", Sys.getpid(), "-", basename(tempfile("")))

query <- function(project, command, file, seconds = 7200) {
  task <- api("query/vcf/projects", project) |>
    req_headers(`Idempotency-Key` = idempotency_key()) |>
    req_body_json(list(command = command, all_samples = TRUE)) |>
    req_perform() |>
    resp_body_json()
  end <- Sys.time() + seconds
  pause <- 0.2
  repeat {
    state <- (api("task-history/tasks", task) |> req_perform() |> resp_body_json())[[1]]
    if (identical(state$status, "SUCCESS")) break
    if (isTRUE(state$status %in% c("FAILURE", "REVOKED"))) stop(state$status, ": ", state$result$error)
    if (Sys.time() > end) stop("task ", task, " has not ended; it goes on")
    Sys.sleep(pause)
    pause <- min(pause * 1.5, 10)
  }
  wanted <- list(list(name = state$result$output_file, version_id = state$result$version_id))
  url <- api("s3/download") |>
    req_url_query(project_name = project) |>
    req_body_json(wanted) |>
    req_perform() |>
    resp_body_json()
  request(url[[1]]$pre_signed_url) |> req_perform(path = file)
  invisible(file)
}

# samples("herring", "Area:North", "herring.tsv")
# query("herring", "view -r scaffold_2", "scaffold_2.vcf.gz")
