#!/bin/bash
#SBATCH --job-name={JOBNAME}
#SBATCH --nodes={NUMNODES}
#SBATCH --ntasks={NUMTASKS}
#SBATCH --cpus-per-task={OMP}
#SBATCH --mem={MEM_MB}M
#SBATCH --time={WALLTIME}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output={JOBSCRIPTDIR}/{JOBNAME}-%j.out
## Job template of cobaya-grid-run for SLURM: lines with ## are for Cobaya, braces are its.
##RUN: hotaxion run {INI} -r -n {NUMMPI} ##
##DEFAULT_nodes: 1 ##
##DEFAULT_chains_per_node: 4 ##
##DEFAULT_cores_per_node: 4 ##
##DEFAULT_mem_per_node: 4000 ##
##DEFAULT_walltime: 12:00:00 ##
##DEFAULT_qsub: sbatch ##
cd "{ROOTDIR}"
# module load ...; source .venv/bin/activate
export OMP_NUM_THREADS={OMP}
{COMMAND}
