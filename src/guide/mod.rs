//! The pages for those who use the monitor, beside the code that they describe. On a Git host they begin at `README.md`.
//!
//! | you | read |
//! | --- | --- |
//! | are on call, and an alarm went off | [`runbook`], [`runbook_states`], [`runbook_accounts`] |
//! | want to try it | [`demo`] |
//! | run it in AWS | [`deploy`], [`terraform_and_cdk`], [`context`], [`pagers`], [`tickets`], [`alarms`], [`costs`], [`function`], [`organisation`], [`upgrade`] |
//! | work at a terminal | [`tool`], [`watch`], [`planned`], [`map`], [`status_page`], [`report`], [`resilience`], [`routes`] |
//! | write software that uses it | [`contract`], [`incidents`], [`rules_and_queries`] |
//! | want to know what it promises | [`tests`], [`benchmarks`] |
//! | read or change the code, or have found a security problem | [`contributing`] |

/// Makes a module of a page. Markdown takes the first definition of a link. So in rustdoc the definitions here count,
/// and on a Git host those at the end of each page. A test checks that both lead to the same page.
macro_rules! page {
    ($name:ident, $file:literal) => {
        /// [accounts]: crate::guide::runbook_accounts
        /// [alarms]: crate::guide::alarms
        /// [benchmarks]: crate::guide::benchmarks
        /// [context]: crate::guide::context
        /// [contract]: crate::guide::contract
        /// [contributing]: crate::guide::contributing
        /// [costs]: crate::guide::costs
        /// [demo]: crate::guide::demo
        /// [deploy]: crate::guide::deploy
        /// [event]: crate::domain::Event
        /// [function]: crate::guide::function
        /// [incident]: crate::domain::IncidentDocument
        /// [incidents]: crate::guide::incidents
        /// [levels]: crate::guide::contract
        /// [map]: crate::guide::map
        /// [organisation]: crate::guide::organisation
        /// [pagers]: crate::guide::pagers
        /// [planned]: crate::guide::planned
        /// [report]: crate::guide::report
        /// [resilience]: crate::guide::resilience
        /// [report-schema]: crate::report
        /// [routes]: crate::guide::routes
        /// [rules]: crate::guide::rules_and_queries
        /// [runbook]: crate::guide::runbook
        /// [scenario]: crate::simulator::Scenario
        /// [sharing]: crate::guide::sharing
        /// [states]: crate::guide::runbook_states
        /// [status-page]: crate::guide::status_page
        /// [terraform]: crate::guide::terraform_and_cdk
        /// [tests]: crate::guide::tests
        /// [tickets]: crate::guide::tickets
        /// [tool]: crate::guide::tool
        /// [upgrade]: crate::guide::upgrade
        /// [watch]: crate::guide::watch
        ///
        #[doc = include_str!($file)]
        pub mod $name {}
    };
}

page!(alarms, "alarms.md");
page!(benchmarks, "../../tests/bench/README.md");
page!(context, "context.md");
page!(contract, "../../schemas/README.md");
page!(contributing, "contributing.md");
page!(costs, "costs.md");
page!(demo, "demo.md");
page!(deploy, "deploy.md");
page!(function, "function.md");
page!(incidents, "../../schemas/incidents.md");
page!(map, "map.md");
page!(organisation, "organisation.md");
page!(pagers, "pagers.md");
page!(planned, "planned.md");
page!(report, "report.md");
page!(resilience, "resilience.md");
page!(routes, "routes.md");
page!(rules_and_queries, "../../schemas/rules-and-queries.md");
page!(runbook, "runbook.md");
page!(runbook_accounts, "runbook-accounts.md");
page!(runbook_states, "runbook-states.md");
page!(sharing, "sharing.md");
page!(status_page, "status-page.md");
page!(terraform_and_cdk, "terraform-and-cdk.md");
page!(tests, "../../tests/README.md");
page!(tickets, "tickets.md");
page!(tool, "tool.md");
page!(upgrade, "upgrade.md");
page!(watch, "watch.md");
