variable "ops_project" {
  description = "Project that the two service accounts live in."
  type        = string
}

variable "projects" {
  description = "Projects whose clusters are diagnosed and, where approved, repaired."
  type        = set(string)
}

variable "organization_id" {
  description = "Number of the organization. With it the diagnoser also reads inherited policies; without it, what only they could tell stays unknown."
  type        = string
  default     = null
}

variable "reads_resources" {
  description = "Whether the diagnoser also reads the policies of buckets, secrets, topics and other resources. Without it, questions about permissions on them stay unknown."
  type        = bool
  default     = true
}

variable "grantable_resource_roles" {
  description = "Roles that the remediator may grant on single buckets, secrets, keys and disks. Empty: none."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.grantable_resource_roles) <= 10
    error_message = "hasOnly() of an IAM condition takes at most 10 roles."
  }
}

variable "diagnosing_worker" {
  description = "Principal that the diagnosing worker runs as. On GKE: principal://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/PROJECT.svc.id.goog/subject/ns/gke-auth/sa/diagnosing-worker"
  type        = string
}

variable "remediating_worker" {
  description = "Principal that the remediating worker runs as; another than the diagnosing one."
  type        = string

  validation {
    condition     = var.remediating_worker != var.diagnosing_worker
    error_message = "The workers need identities of their own: what reads must not be able to write."
  }
}

variable "grantable_project_roles" {
  description = "Roles that the remediator may grant and revoke on projects: those of approvals.allowedRoles that you want to be granted. Never a custom role that the remediator may edit."
  type        = list(string)
  default = [
    "roles/container.defaultNodeServiceAccount",
    "roles/container.serviceAgent",
    "roles/container.defaultNodeServiceAgent",
    "roles/container.clusterViewer",
  ]

  validation {
    condition     = length(var.grantable_project_roles) > 0 && length(var.grantable_project_roles) <= 10
    error_message = "hasOnly() of an IAM condition takes 1 to 10 roles."
  }

  validation {
    condition     = length(setintersection(var.grantable_project_roles, ["roles/owner", "roles/editor", "roles/viewer"])) == 0
    error_message = "Owner, Editor and Viewer are never granted by the bot."
  }
}

variable "changes" {
  description = "Whether the remediator may also do what is not a grant: enable APIs and accounts, change clusters and objects in them. Off by default."
  type        = bool
  default     = false
}
