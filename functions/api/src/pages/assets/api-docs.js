"use strict";
// Shows the API's document. Requests are tried with a token that is typed in; it is kept nowhere.
const place = document.getElementById("api-docs");
if (place && window.SwaggerUIBundle) {
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
    docExpansion: "list",
  });
}
