# The two identities: one that reads, one that writes and may grant the listed roles only. Each is impersonated by one worker.

terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0"
    }
  }
}

resource "google_service_account" "diagnoser" {
  project      = var.ops_project
  account_id   = "gke-auth-diagnoser"
  display_name = "gke-auth: reads clusters, policies and accounts"
}

resource "google_service_account" "remediator" {
  project      = var.ops_project
  account_id   = "gke-auth-remediator"
  display_name = "gke-auth: applies what an approver has approved"
}

resource "google_service_account_iam_member" "impersonation" {
  for_each = {
    diagnoser  = { account = google_service_account.diagnoser.name, worker = var.diagnosing_worker }
    remediator = { account = google_service_account.remediator.name, worker = var.remediating_worker }
  }
  service_account_id = each.value.account
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = each.value.worker
}

locals {
  diagnoser  = google_service_account.diagnoser.member
  remediator = google_service_account.remediator.member

  in_cluster = flatten([
    # Third-party objects: compute classes, and network policies of other kinds.
    for kind in ["pods", "deployments", "serviceAccounts", "networkPolicies", "configMaps", "nodes", "namespaces", "daemonSets", "services", "thirdPartyObjects"] :
    ["container.${kind}.get", "container.${kind}.list"]
  ])

  # Optional: without these, questions about permissions on resources end as unknown, each with the command that grants what is missing.
  of_resources = [
    "artifactregistry.projectsettings.get",
    "artifactregistry.repositories.get",
    "artifactregistry.repositories.getIamPolicy",
    "bigquery.datasets.get",
    "bigquery.tables.getIamPolicy",
    "cloudkms.cryptoKeys.get",
    "cloudkms.cryptoKeys.getIamPolicy",
    "cloudkms.keyRings.getIamPolicy",
    "compute.disks.getIamPolicy",
    "compute.instances.getIamPolicy",
    "compute.subnetworks.getIamPolicy",
    "dns.managedZones.getIamPolicy",
    "pubsub.subscriptions.getIamPolicy",
    "pubsub.topics.getIamPolicy",
    "secretmanager.secrets.getIamPolicy",
    "spanner.databases.getIamPolicy",
    "spanner.instances.getIamPolicy",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.managedFolders.getIamPolicy",
  ]

  only = { for name, roles in {
    project         = var.grantable_project_roles
    service_account = ["roles/iam.workloadIdentityUser"]
    } :
    name => "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${join(", ", [for role in roles : "'${role}'"])}])"
  }
}

# --- What the diagnoser reads ---

resource "google_project_iam_custom_role" "diagnoser" {
  for_each = var.projects
  project  = each.value
  role_id  = "gkeAuthDiagnoser"
  title    = "gke-auth diagnoser"
  permissions = concat(local.in_cluster, var.reads_resources ? local.of_resources : [], [
    "compute.subnetworks.getIamPolicy",
    "container.clusters.connect",
    "container.clusters.get",
    "container.clusters.list",
    "container.operations.get",
    "container.operations.list",
    "container.subjectAccessReviews.create",
    "gkehub.gateway.get",
    "gkehub.memberships.get",
    "iam.roles.get",
    "iam.roles.list",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "iam.serviceAccounts.list",
    "logging.logEntries.list",
    "recommender.containerDiagnosisRecommendations.get",
    "recommender.containerDiagnosisRecommendations.list",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "serviceusage.services.get",
    "serviceusage.services.list",
    "serviceusage.services.use",
  ])
}

resource "google_project_iam_member" "diagnoser" {
  for_each = var.projects
  project  = each.value
  role     = google_project_iam_custom_role.diagnoser[each.value].name
  member   = local.diagnoser
}

resource "google_organization_iam_custom_role" "diagnoser" {
  count   = var.organization_id == null ? 0 : 1
  org_id  = var.organization_id
  role_id = "gkeAuthDiagnoserInherited"
  title   = "gke-auth diagnoser: inherited policies"
  permissions = [
    "iam.denypolicies.get",
    "iam.denypolicies.list",
    "iam.roles.get",
    "iam.roles.list",
    "orgpolicy.policy.get",
    "resourcemanager.folders.getIamPolicy",
    "resourcemanager.organizations.getIamPolicy",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
  ]
}

resource "google_organization_iam_member" "diagnoser" {
  count  = var.organization_id == null ? 0 : 1
  org_id = var.organization_id
  role   = google_organization_iam_custom_role.diagnoser[0].name
  member = local.diagnoser
}

# --- What the remediator reads again before it writes, and writes ---

resource "google_project_iam_member" "remediator_reads" {
  for_each = var.projects
  project  = each.value
  role     = google_project_iam_custom_role.diagnoser[each.value].name
  member   = local.remediator
}

resource "google_organization_iam_member" "remediator_reads" {
  count  = var.organization_id == null ? 0 : 1
  org_id = var.organization_id
  role   = google_organization_iam_custom_role.diagnoser[0].name
  member = local.remediator
}

# The condition limits roles, not members: who gets one is pinned by gke-auth (agent roles only to their service agents).
resource "google_project_iam_member" "remediator_grants" {
  for_each = var.projects
  project  = each.value
  role     = "roles/resourcemanager.projectIamAdmin"
  member   = local.remediator
  condition {
    title       = "gke-auth may grant these roles only"
    description = "Granting and revoking; nothing else in the policy may change in the same write."
    expression  = local.only.project
  }
}

resource "google_project_iam_custom_role" "service_account_grants" {
  for_each    = var.projects
  project     = each.value
  role_id     = "gkeAuthServiceAccountGrants"
  title       = "gke-auth: policies of service accounts"
  permissions = ["iam.serviceAccounts.getIamPolicy", "iam.serviceAccounts.setIamPolicy"]
}

# Bound at the project: policies of service accounts themselves don't take this condition.
resource "google_project_iam_member" "service_account_grants" {
  for_each = var.projects
  project  = each.value
  role     = google_project_iam_custom_role.service_account_grants[each.value].name
  member   = local.remediator
  condition {
    title      = "gke-auth may grant Workload Identity User only"
    expression = local.only.service_account
  }
}

resource "google_project_iam_custom_role" "changes" {
  for_each = var.changes ? var.projects : toset([])
  project  = each.value
  role_id  = "gkeAuthChanges"
  title    = "gke-auth: changes that are not grants"
  permissions = [
    "container.clusterRoles.bind",
    "container.clusters.update",
    "container.roleBindings.create",
    "container.serviceAccounts.update",
    "iam.serviceAccounts.enable",
    "iam.serviceAccounts.undelete",
    "serviceusage.services.enable",
  ]
}

resource "google_project_iam_member" "changes" {
  for_each = var.changes ? var.projects : toset([])
  project  = each.value
  role     = google_project_iam_custom_role.changes[each.value].name
  member   = local.remediator
}

# --- Off by default: grants on single resources, by approvals.allowedRoles entries ROLE@KIND ---

# Only services that know the condition's attribute: for others, bind the grantor on the one resource
# (docs/domain/resources.md#what-the-remediator-cannot-be-limited-on).
resource "google_project_iam_custom_role" "resource_grants" {
  for_each = length(var.grantable_resource_roles) > 0 ? var.projects : toset([])
  project  = each.value
  role_id  = "gkeAuthResourceGrants"
  title    = "gke-auth: policies of buckets, secrets, keys and disks"
  permissions = [
    "cloudkms.cryptoKeys.setIamPolicy",
    "compute.disks.setIamPolicy",
    "secretmanager.secrets.setIamPolicy",
    "storage.buckets.setIamPolicy",
  ]
}

resource "google_project_iam_member" "resource_grants" {
  for_each = length(var.grantable_resource_roles) > 0 ? var.projects : toset([])
  project  = each.value
  role     = google_project_iam_custom_role.resource_grants[each.value].name
  member   = local.remediator
  condition {
    title      = "gke-auth grants only these roles on resources"
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${join(", ", [for role in var.grantable_resource_roles : "'${role}'"])}])"
  }
}
