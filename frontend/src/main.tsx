// Starts the page.
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { sendDeletionsWhenLeaving } from "./api/deletions";
import { makeQueryClient } from "./api/query-client";
import { startSettings } from "./api/settings";
import { makeUploads } from "./api/uploads";
import { UploadsContext } from "./api/uploads-context";
import { App } from "./app";
import { I18nProvider, startLocale } from "./i18n/i18n";
import { startTheme } from "./lib/theme";
import "./styles/base.css";

startTheme();
startLocale();
startSettings();
sendDeletionsWhenLeaving();

const queryClient = makeQueryClient();
const uploads = makeUploads(queryClient);
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <UploadsContext value={uploads}>
        <I18nProvider>
          <App />
        </I18nProvider>
      </UploadsContext>
    </QueryClientProvider>
  </StrictMode>,
);
